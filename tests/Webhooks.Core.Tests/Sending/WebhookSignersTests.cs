using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Webhooks.Core.Secrets;
using Webhooks.Core.Sending;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Sending;

public sealed class WebhookSignersTests : IDisposable
{
    private static readonly byte[] _body = "{}"u8.ToArray();

    private readonly Guid _webhook = Guid.CreateVersion7();
    private readonly string _secret = WebhookSecret.Generate();
    private readonly SwitchableKeyRing _keys = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly SecretProtector _protector;
    private readonly WebhookSigners _signers;

    public WebhookSignersTests()
    {
        _protector = new SecretProtector(_keys);
        _signers = new WebhookSigners(_protector, _clock);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _signers.Dispose();

    [Fact]
    public async Task A_signer_signs_with_the_webhooks_secret()
    {
        var stored = await ProtectAsync(_webhook, _secret);

        Assert.Equal(SignatureOf(_secret), (await GetAsync(_webhook, stored)).OfBody(_body));
    }

    [Fact]
    public async Task A_signer_is_kept_while_it_is_used()
    {
        var stored = await ProtectAsync(_webhook, _secret);
        var signer = await GetAsync(_webhook, stored);

        _clock.Advance(WebhookSigners.Lifetime);
        Assert.Same(signer, await GetAsync(_webhook, stored));
        _clock.Advance(WebhookSigners.Lifetime);
        Assert.Same(signer, await GetAsync(_webhook, stored));
    }

    [Fact]
    public async Task A_signer_that_is_not_used_is_dropped()
    {
        var stored = await ProtectAsync(_webhook, _secret);
        var signer = await GetAsync(_webhook, stored);

        _clock.Advance(2 * WebhookSigners.Lifetime);

        Assert.NotSame(signer, await GetAsync(_webhook, stored));
    }

    [Fact]
    public async Task A_new_secret_counts_at_once()
    {
        var stored = await ProtectAsync(_webhook, _secret);
        await GetAsync(_webhook, stored);
        var next = WebhookSecret.Generate();
        var nextStored = await ProtectAsync(_webhook, next);

        Assert.Equal(SignatureOf(next), (await GetAsync(_webhook, nextStored)).OfBody(_body));

        // A delivery that was claimed before.
        Assert.Equal(SignatureOf(_secret), (await GetAsync(_webhook, stored)).OfBody(_body));
    }

    [Fact]
    public async Task What_changes_about_the_secret_before_counts_at_once()
    {
        var old = WebhookSecret.Generate();
        var stored = await ProtectAsync(_webhook, _secret);
        var previous = new PreviousSecret(await ProtectAsync(_webhook, old), Promoted: false);

        var overlapping = await GetAsync(_webhook, stored, previous);
        Assert.Same(overlapping, await GetAsync(_webhook, stored, previous with { Promoted = false }));
        var promoted = await GetAsync(_webhook, stored, previous with { Promoted = true });
        var alone = await GetAsync(_webhook, stored);

        WebhookSigner[] signers = [overlapping, promoted, alone];
        Assert.Equal([SignatureOf(old), SignatureOf(_secret), SignatureOf(_secret)], signers.Select(signer => signer.OfBody(_body)));
        Assert.Equal([2, 2, 1], signers.Select(signer => signer.Standard("id", "17", _body).Split(' ').Length));
    }

    [Fact]
    public async Task Without_the_key_of_the_secret_before_a_signer_is_not_given_although_it_is_kept()
    {
        var ring = new ReplaceableKeyRing();
        var protector = new SecretProtector(ring);
        using var signers = new WebhookSigners(protector, _clock);
        var previous = new PreviousSecret(
            await protector.ProtectAsync(_webhook, WebhookSecret.Generate(), Cancel), Promoted: false);
        ring.Replace();
        var stored = await protector.ProtectAsync(_webhook, _secret, Cancel);

        await Assert.ThrowsAsync<SecretUnavailableException>(() => signers.GetAsync(_webhook, stored, previous, Cancel).AsTask());
        Assert.NotNull(await signers.GetAsync(_webhook, stored, previous: null, Cancel));
    }

    [Fact]
    public async Task Another_webhooks_stored_secret_is_not_accepted_although_it_was_decrypted_just_now()
    {
        var stored = await ProtectAsync(_webhook, _secret);
        await GetAsync(_webhook, stored);

        await Assert.ThrowsAsync<SecretUnavailableException>(() => GetAsync(Guid.CreateVersion7(), stored));
    }

    [Fact]
    public async Task Without_its_key_a_signer_is_not_given_although_it_is_kept()
    {
        var stored = await ProtectAsync(_webhook, _secret);
        var signer = await GetAsync(_webhook, stored);

        _keys.Available = false;
        await Assert.ThrowsAsync<SecretUnavailableException>(() => GetAsync(_webhook, stored));

        _keys.Available = true;
        Assert.Same(signer, await GetAsync(_webhook, stored));
    }

    [Fact]
    public async Task Another_key_of_the_same_version_does_not_do()
    {
        var ring = new ReplaceableKeyRing();
        var protector = new SecretProtector(ring);
        using var signers = new WebhookSigners(protector, _clock);
        var stored = await protector.ProtectAsync(_webhook, _secret, Cancel);
        await signers.GetAsync(_webhook, stored, previous: null, Cancel);

        ring.Replace();

        await Assert.ThrowsAsync<SecretUnavailableException>(
            () => signers.GetAsync(_webhook, stored, previous: null, Cancel).AsTask());
    }

    [Fact]
    public async Task Many_threads_get_the_right_signature_of_every_webhook_while_secrets_change()
    {
        var webhooks = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            var id = Guid.CreateVersion7();
            var secrets = new[] { WebhookSecret.Generate(), WebhookSecret.Generate() };
            return (Id: id, Secrets: secrets, Stored: new[] { await ProtectAsync(id, secrets[0]), await ProtectAsync(id, secrets[1]) });
        }));

        await Parallel.ForAsync(
            0, 20_000, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel }, async (i, cancellationToken) =>
        {
            var (id, secrets, stored) = webhooks[i % webhooks.Length];
            var which = i / 1000 % 2;
            var body = Encoding.UTF8.GetBytes($"body {i}");

            var signer = await _signers.GetAsync(id, stored[which], previous: null, cancellationToken);

            Assert.Equal(SignatureOf(secrets[which], body), signer.OfBody(body));
            Assert.Equal(StandardSignatureOf(secrets[which], "id", "1700000000", body), signer.Standard("id", "1700000000", body));
            if (i % 2500 == 0)
            {
                _clock.Advance(WebhookSigners.Lifetime);
            }
        });
    }

    private static string SignatureOf(string secret, byte[]? body = null) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body ?? _body));

    private static string StandardSignatureOf(string secret, string id, string timestamp, byte[] body)
    {
        byte[] content = [.. Encoding.ASCII.GetBytes($"{id}.{timestamp}."), .. body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(WebhookSecret.GetKey(secret), content));
    }

    private async Task<string> ProtectAsync(Guid webhookId, string secret) => await _protector.ProtectAsync(webhookId, secret, Cancel);

    private async Task<WebhookSigner> GetAsync(Guid webhookId, string stored, PreviousSecret? previous = null) =>
        await _signers.GetAsync(webhookId, stored, previous, Cancel);

    /// <summary>One key, in whose place another one can be put under the same name.</summary>
    private sealed class ReplaceableKeyRing : IKeyRing
    {
        private EncryptionKey _key = Generate();

        public void Replace() => _key = Generate();

        public ValueTask<EncryptionKey> GetNewestAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_key);

        public ValueTask<EncryptionKey> GetAsync(string version, CancellationToken cancellationToken) => ValueTask.FromResult(_key);

        private static EncryptionKey Generate() => new("1", RandomNumberGenerator.GetBytes(32));
    }
}
