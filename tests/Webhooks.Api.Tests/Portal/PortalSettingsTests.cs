using Microsoft.Extensions.Configuration;
using Webhooks.Api.Authentication;
using Webhooks.Api.Portal;
using Webhooks.Core;

namespace Webhooks.Api.Tests.Portal;

public sealed class PortalSettingsTests
{
    private static readonly Uri _authority = new("https://login.example.com");

    [Fact]
    public void Without_settings_links_are_to_the_requests_host_and_nobody_signs_in()
    {
        var settings = Read(_authority, []);

        Assert.Equal(new PortalSettings(PublicUrl: null, OpenIdConnect: null), settings);
    }

    [Fact]
    public void An_empty_client_id_is_none() =>
        Assert.Null(Read(_authority, [("ClientId", ""), ("Scope", "openid profile")]).OpenIdConnect);

    [Fact]
    public void An_empty_public_address_is_none() =>
        Assert.Null(Read(_authority, [("PublicUrl", "")]).PublicUrl);

    [Fact]
    public void An_empty_audience_is_none() =>
        Assert.Null(Read(_authority, [("ClientId", "portal"), ("Audience", "")]).OpenIdConnect!.Audience);

    [Fact]
    public void People_sign_in_at_the_authority_of_the_tokens_unless_another_is_named()
    {
        var usual = Read(_authority, [("ClientId", "portal")]);
        var named = Read(
            _authority,
            [
                ("ClientId", "portal"), ("Authority", "https://id.example.com/x"), ("Scope", "openid profile"),
                ("Audience", "https://hooks.example.com"),
            ]);

        Assert.Equal(new PortalSignIn(_authority, "portal", "openid", Audience: null), usual.OpenIdConnect);
        Assert.Equal(
            new PortalSignIn(new Uri("https://id.example.com/x"), "portal", "openid profile", "https://hooks.example.com"),
            named.OpenIdConnect);
    }

    [Theory]
    [InlineData("PublicUrl", "https://hooks.example.com/")]
    [InlineData("PublicUrl", "hooks.example.com")]
    [InlineData("Authority", "http://login.example.com")]
    [InlineData("Scope", "profile")]
    public void A_setting_that_has_no_usable_value_is_named(string name, string value)
    {
        var invalid = Assert.Throws<InvalidSettingException>(
            () => Read(_authority, [("ClientId", "portal"), (name, value)]));

        Assert.Contains($"Webhooks__Portal__{name}", invalid.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Scope", "openid profile")]
    [InlineData("Authority", "https://login.example.com")]
    [InlineData("Audience", "https://hooks.example.com")]
    public void Settings_of_a_sign_in_without_a_client_id_are_refused(string name, string value)
    {
        var invalid = Assert.Throws<InvalidSettingException>(() => Read(_authority, [(name, value)]));

        Assert.Contains("Webhooks__Portal__ClientId", invalid.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_signs_in_with_a_local_key()
    {
        var invalid = Assert.Throws<InvalidSettingException>(() => Read(authority: null, [("ClientId", "portal")]));

        Assert.Contains("Webhooks__Portal__Authority", invalid.Message, StringComparison.Ordinal);
    }

    private static PortalSettings Read(Uri? authority, (string Name, string Value)[] settings) => PortalSettings.From(
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => $"Webhooks:Portal:{setting.Name}", setting => (string?)setting.Value))
            .Build(),
        new AuthenticationSettings(authority, Audience: null, DevelopmentKeyFile: null));
}
