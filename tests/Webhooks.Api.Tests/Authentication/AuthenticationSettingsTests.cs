using Microsoft.Extensions.Configuration;
using Webhooks.Api.Authentication;
using Webhooks.Core;

namespace Webhooks.Api.Tests.Authentication;

public sealed class AuthenticationSettingsTests
{
    [Fact]
    public void Without_an_issuer_the_message_names_both_ways()
    {
        var refused = Assert.Throws<InvalidSettingException>(() => Read());

        Assert.Contains("Webhooks__Auth__Authority", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Webhooks__Auth__DevelopmentKeyFile", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_issuers_are_one_too_many()
    {
        var refused = Assert.Throws<InvalidSettingException>(
            () => Read(("Authority", "https://login.example.com"), ("Audience", "webhooks"), ("DevelopmentKeyFile", "key")));

        Assert.Contains("Both", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_authority_needs_an_audience()
    {
        var refused = Assert.Throws<InvalidSettingException>(() => Read(("Authority", "https://login.example.com")));

        Assert.Contains("Webhooks__Auth__Audience", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("login.example.com")]
    [InlineData("http://login.example.com")]
    [InlineData("")]
    public void An_authority_must_be_an_https_address(string authority)
    {
        var refused = Assert.Throws<InvalidSettingException>(() => Read(("Authority", authority), ("Audience", "webhooks")));

        Assert.Contains("https", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Either_issuer_is_enough()
    {
        Assert.Equal("key", Read(("DevelopmentKeyFile", " key ")).DevelopmentKeyFile);
        Assert.Equal("webhooks", Read(("Authority", "https://login.example.com/tenant"), ("Audience", "webhooks")).Audience);
    }

    private static AuthenticationSettings Read(params (string Name, string Value)[] settings) =>
        AuthenticationSettings.From(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => $"Webhooks:Auth:{setting.Name}", setting => (string?)setting.Value))
            .Build());
}
