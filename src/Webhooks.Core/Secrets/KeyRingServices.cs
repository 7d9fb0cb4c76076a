using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Webhooks.Core.Secrets;

/// <summary>
/// The registration of the key ring that the settings <c>Webhooks__Secrets__…</c> name: <c>KeyVault</c> and
/// <c>KeyName</c>, or <c>KeyFile</c>.
/// </summary>
public static class KeyRingServices
{
    private const string Section = WebhooksOptions.Section + ":Secrets";
    private const string KeyVault = "KeyVault";
    private const string KeyName = "KeyName";
    private const string KeyFile = "KeyFile";

    private static readonly TimeSpan _vaultTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Adds the ring. Settings are read at once; the keys when they are first needed.</summary>
    /// <exception cref="InvalidSettingException">No ring is named, or two, or a setting has no usable value.</exception>
    public static IServiceCollection AddWebhooksKeyRing(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        if (WebhooksOptions.Read<Uri?>(section, KeyVault, ParseVault, null) is not { } vault)
        {
            return services.AddSingleton<IKeyRing>(FileKeyRing.From(configuration));
        }

        if (!string.IsNullOrWhiteSpace(section[KeyFile]))
        {
            throw new InvalidSettingException(
                $"{Section}:{KeyFile}", $"Webhooks__Secrets__{KeyVault} is set too. Keep the one that holds the keys.");
        }

        var name = section[KeyName] is { } text && !string.IsNullOrWhiteSpace(text)
            ? text
            : throw new InvalidSettingException(
                $"{Section}:{KeyName}", "Write the name of the vault's secret whose versions are the keys.");
        return services.AddSingleton<IKeyRing>(provider => new KeyVaultKeyRing(
            CreateClient(vault),
            name,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<KeyVaultKeyRing>>()));
    }

    private static SecretClient CreateClient(Uri vault)
    {
        var options = new SecretClientOptions();
        options.Retry.NetworkTimeout = _vaultTimeout;
        return new SecretClient(vault, new DefaultAzureCredential(), options);
    }

    private static Uri ParseVault(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var vault) && vault.Scheme == Uri.UriSchemeHttps
            ? vault
            : throw new FormatException("Write the vault's https address, as in https://example.vault.azure.net.");
}
