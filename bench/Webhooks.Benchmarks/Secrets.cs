using BenchmarkDotNet.Attributes;
using Webhooks.Core.Secrets;
using Webhooks.Core.Sending;

namespace Webhooks.Benchmarks;

/// <summary>The way from a stored secret to what signs: decrypted, and kept from an earlier attempt.</summary>
public class Secrets : IDisposable
{
    private readonly SecretProtector _protector = new(new OneKey());
    private readonly string _stored;
    private readonly WebhookSigners _signers;

    public Secrets()
    {
        _stored = _protector.ProtectAsync(Samples.WebhookId, Samples.Secret, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        _signers = new WebhookSigners(_protector, TimeProvider.System);
    }

    [Benchmark]
    public ValueTask<string> Decrypted() => _protector.UnprotectAsync(Samples.WebhookId, _stored, CancellationToken.None);

    [Benchmark]
    public ValueTask<WebhookSigner> Kept() => _signers.GetAsync(Samples.WebhookId, _stored, previous: null, CancellationToken.None);

    public void Dispose()
    {
        _signers.Dispose();
        GC.SuppressFinalize(this);
    }
}
