using System.Security.Cryptography;
using Webhooks.Core.Secrets;

namespace Webhooks.Benchmarks;

/// <summary>A key ring with one key at hand, as rings have theirs after the first use.</summary>
internal sealed class OneKey : IKeyRing
{
    private readonly EncryptionKey _key = new("1", RandomNumberGenerator.GetBytes(32));

    public ValueTask<EncryptionKey> GetNewestAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_key);

    public ValueTask<EncryptionKey> GetAsync(string version, CancellationToken cancellationToken) => ValueTask.FromResult(_key);
}
