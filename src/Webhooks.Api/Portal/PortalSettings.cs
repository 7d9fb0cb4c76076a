using Microsoft.Extensions.Configuration;
using Webhooks.Api.Authentication;
using Webhooks.Api.Security;
using Webhooks.Core;

namespace Webhooks.Api.Portal;

/// <summary>The settings of the portal (<c>Webhooks__Portal__Name</c>).</summary>
/// <param name="PublicUrl">The origin that links to the portal begin with; null for that of the request that makes one.</param>
/// <param name="OpenIdConnect">How people sign in who have no link; null when they cannot.</param>
internal sealed record PortalSettings(string? PublicUrl, PortalSignIn? OpenIdConnect)
{
    private const string Section = WebhooksOptions.Section + ":Portal";
    private const string Authority = nameof(Authority);
    private const string ClientId = nameof(ClientId);
    private const string Scope = nameof(Scope);
    private const string Audience = nameof(Audience);

    /// <summary>Reads and checks the section.</summary>
    /// <param name="configuration">Where it is.</param>
    /// <param name="authentication">Who issues the tokens that the API accepts.</param>
    /// <exception cref="InvalidSettingException">A setting is missing or has no usable value; the message names it.</exception>
    public static PortalSettings From(IConfiguration configuration, AuthenticationSettings authentication)
    {
        var section = configuration.GetSection(Section);
        return new PortalSettings(
            WebhooksOptions.Read<string?>(section, nameof(PublicUrl), ParseOrigin, null), ReadSignIn(section, authentication));
    }

    private static PortalSignIn? ReadSignIn(IConfigurationSection section, AuthenticationSettings authentication)
    {
        var authority = WebhooksOptions.Read(section, Authority, AuthenticationSettings.ParseAuthority, authentication.Authority);
        var client = section[ClientId];
        var scope = WebhooksOptions.Read(section, Scope, AuthenticationSettings.ParseText, PortalSignIn.LeastScope);
        if (string.IsNullOrEmpty(client))
        {
            return client is "" || (section[Authority] is null && section[Scope] is null && section[Audience] is null)
                ? null
                : throw new InvalidSettingException(
                    $"{Section}:{ClientId}",
                    "Write the id that the portal has at your OIDC authority, or leave Authority, Scope and Audience out.");
        }

        if (!scope.Split(' ').Contains(PortalSignIn.LeastScope, StringComparer.Ordinal))
        {
            throw new InvalidSettingException(
                $"{Section}:{Scope}", scope, $"Write scopes separated by spaces, {PortalSignIn.LeastScope} among them.");
        }

        return authority is null
            ? throw new InvalidSettingException(
                $"{Section}:{Authority}",
                "People can only sign in where an OIDC authority issues the tokens: set Webhooks__Auth__Authority, or leave ClientId out.")
            : new PortalSignIn(authority, client, scope, section[Audience] is { Length: > 0 } audience ? audience : null);
    }

    /// <summary>Null for an empty text, which is how a template says that it has none.</summary>
    private static string? ParseOrigin(string text) =>
        text.Length == 0 ? null
        : WebOrigin.Is(text) ? text
        : throw new FormatException(WebOrigin.Advice);
}
