using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Webhooks.Core.Secrets;

namespace Webhooks.Core.Tests.Secrets;

public sealed class KeyRingServicesTests
{
    private const string Vault = "https://example.vault.azure.net";

    [Fact]
    public void A_vault_and_a_name_make_the_ring_of_that_vault()
    {
        Assert.IsType<KeyVaultKeyRing>(Resolve(("KeyVault", Vault), ("KeyName", "webhook-keys")));
    }

    [Fact]
    public void A_file_makes_the_ring_of_that_file()
    {
        Assert.IsType<FileKeyRing>(Resolve(("KeyFile", "keys")));
    }

    [Theory]
    [InlineData("Webhooks__Secrets__KeyFile")]
    [InlineData("Webhooks__Secrets__KeyName", "KeyVault", Vault)]
    [InlineData("Webhooks__Secrets__KeyVault", "KeyVault", "http://example.vault.azure.net")]
    [InlineData("Webhooks__Secrets__KeyVault", "KeyVault", "example")]
    [InlineData("Webhooks__Secrets__KeyFile", "KeyVault", Vault, "KeyFile", "keys")]
    public void Settings_that_name_no_ring_or_two_are_refused_by_name(string setting, params string[] settings)
    {
        var failure = Assert.Throws<InvalidSettingException>(() => Resolve([.. settings.Chunk(2).Select(pair => (pair[0], pair[1]))]));

        Assert.StartsWith($"Setting {setting}", failure.Message);
    }

    private static IKeyRing Resolve(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => $"Webhooks:Secrets:{setting.Name}", setting => (string?)setting.Value))
            .Build();
        using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddWebhooksKeyRing(configuration)
            .BuildServiceProvider();
        return services.GetRequiredService<IKeyRing>();
    }
}
