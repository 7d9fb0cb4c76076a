using System.Security.Cryptography;
using CsCheck;
using Webhooks.Core.Secrets;

namespace Webhooks.Core.Tests.Secrets;

public sealed class SecretProtectorTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static readonly Guid _webhook = Guid.CreateVersion7();
    private static readonly EncryptionKey _old = new("2025", RandomNumberGenerator.GetBytes(32));
    private static readonly EncryptionKey _new = new("2026-b", RandomNumberGenerator.GetBytes(32));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_protected_is_given_back()
    {
        var protector = new SecretProtector(new KeysInMemory(_new));

        var stored = await protector.ProtectAsync(_webhook, Secret, Token);

        Assert.Equal(Secret, await protector.UnprotectAsync(_webhook, stored, Token));
    }

    [Fact]
    public async Task The_stored_text_names_the_key_and_does_not_show_the_secret()
    {
        var stored = await new SecretProtector(new KeysInMemory(_new)).ProtectAsync(_webhook, Secret, Token);

        Assert.StartsWith("v1:2026-b:", stored);
        Assert.DoesNotContain(Secret, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(WebhookSecret.GetKey(Secret)), stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_secret_is_never_stored_as_the_same_text()
    {
        var protector = new SecretProtector(new KeysInMemory(_new));

        Assert.NotEqual(await protector.ProtectAsync(_webhook, Secret, Token), await protector.ProtectAsync(_webhook, Secret, Token));
    }

    [Fact]
    public async Task After_a_change_of_keys_old_secrets_are_still_readable_and_new_ones_use_the_new_key()
    {
        var stored = await new SecretProtector(new KeysInMemory(_old)).ProtectAsync(_webhook, Secret, Token);
        var protector = new SecretProtector(new KeysInMemory(_old, _new));

        Assert.Equal(Secret, await protector.UnprotectAsync(_webhook, stored, Token));
        Assert.StartsWith("v1:2026-b:", await protector.ProtectAsync(_webhook, Secret, Token));
    }

    [Fact]
    public async Task A_secret_moved_to_another_webhook_is_unusable()
    {
        var protector = new SecretProtector(new KeysInMemory(_new));
        var stored = await protector.ProtectAsync(_webhook, Secret, Token);

        await AssertUnavailableAsync(protector, Guid.CreateVersion7(), stored);
    }

    [Fact]
    public async Task Any_changed_byte_makes_a_secret_unusable()
    {
        var protector = new SecretProtector(new KeysInMemory(_old, _new));
        var parts = (await protector.ProtectAsync(_webhook, Secret, Token)).Split(':');
        var bytes = Convert.FromBase64String(parts[2]);

        await Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte[1, 255]).SampleAsync(async (position, change) =>
        {
            var changed = bytes.ToArray();
            changed[position] ^= change;
            await AssertUnavailableAsync(protector, _webhook, $"v1:2026-b:{Convert.ToBase64String(changed)}");
        });
        await AssertUnavailableAsync(protector, _webhook, $"v1:2025:{parts[2]}");
        await AssertUnavailableAsync(protector, _webhook, $"v1:2026-b:{Convert.ToBase64String(bytes[..^1])}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("v1:")]
    [InlineData("v1:2026-b")]
    [InlineData("v1::AAAA")]
    [InlineData("v1:2026-b:")]
    [InlineData("v1:2026-b:AAAA")]
    [InlineData("v1:2026-b:*")]
    [InlineData("v2:2026-b:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("v1:unknown:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("v1:2026-b:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task What_was_never_stored_is_unusable(string stored) =>
        await AssertUnavailableAsync(new SecretProtector(new KeysInMemory(_new)), _webhook, stored);

    [Fact]
    public async Task Arbitrary_text_is_unusable_and_nothing_worse() =>
        await Gen.String.SampleAsync(async stored =>
        {
            var protector = new SecretProtector(new KeysInMemory(_new));
            await AssertUnavailableAsync(protector, _webhook, stored);
            await AssertUnavailableAsync(protector, _webhook, "v1:2026-b:" + stored);
        });

    private static async Task AssertUnavailableAsync(SecretProtector protector, Guid webhookId, string stored)
    {
        var failure = await Assert.ThrowsAsync<SecretUnavailableException>(
            () => protector.UnprotectAsync(webhookId, stored, Token).AsTask());
        Assert.DoesNotContain("MfKQ9r8G", failure.ToString(), StringComparison.Ordinal);
    }
}
