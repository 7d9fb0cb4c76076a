using System.Security.Claims;
using Webhooks.Core;
using Webhooks.Core.Webhooks;

namespace Webhooks.Api.Authentication;

/// <summary>What the API reads from a token.</summary>
internal static class TokenClaims
{
    /// <summary>The claim that names the organization: a UUID.</summary>
    public const string OrgId = "org_id";

    /// <summary>The claim of scopes that RFC 8693 defines.</summary>
    public const string Scope = "scope";

    /// <summary>The claim of scopes that Microsoft Entra ID and others use.</summary>
    private const string Scp = "scp";

    /// <summary>The claim of a principal that an API key has made: the key's id.</summary>
    public const string ApiKey = "api_key";

    /// <summary>The claim of a principal that a session of the portal has made: the session's id.</summary>
    public const string PortalSession = "portal_session";

    /// <summary>The claim of a principal that a session of the portal for one webhook has made: the webhook's id.</summary>
    public const string PortalWebhook = "portal_webhook";

    /// <summary>The API key that a request has; null when it has something else.</summary>
    public static Guid? FindApiKeyId(this ClaimsPrincipal user) => user.FindOwn(ApiKey);

    /// <summary>The session of the portal that a request has; null when it has something else.</summary>
    public static Guid? FindPortalSessionId(this ClaimsPrincipal user) => user.FindOwn(PortalSession);

    /// <summary>The one webhook that a request may reach; null when it may reach all of its organization's.</summary>
    public static Guid? FindOnlyWebhookId(this ClaimsPrincipal user) => user.FindOwn(PortalWebhook);

    /// <summary>The organization that an authorized request acts for.</summary>
    /// <exception cref="InvalidOperationException">The endpoint's policy does not ask for an organization.</exception>
    public static Guid OrganizationId(this ClaimsPrincipal user) =>
        user.FindOrganizationId() ?? throw new InvalidOperationException("The token names no organization.");

    /// <summary>What an authorized request may see of webhooks and their history.</summary>
    public static Reach Reach(this ClaimsPrincipal user) => new(user.OrganizationId(), user.FindOnlyWebhookId());

    /// <summary>The organization that the token names; null when it names none.</summary>
    public static Guid? FindOrganizationId(this ClaimsPrincipal user) =>
        UuidText.TryParse(user.FindFirst(OrgId)?.Value, out var id) ? id : null;

    /// <summary>Whether the token allows what a scope allows: it has it, or is an operator's, which allows everything.</summary>
    public static bool May(this ClaimsPrincipal user, string scope) => user.HasScope(scope) || user.HasScope(Scopes.Admin);

    /// <summary>Whether the token has a scope by its name.</summary>
    public static bool HasScope(this ClaimsPrincipal user, string scope)
    {
        foreach (var claim in user.Claims)
        {
            if (claim.Type is Scope or Scp && claim.Value.Split(' ').Contains(scope, StringComparer.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// What this API itself says of who has a credential of its own: an authority may give its tokens claims of any name.
    /// </summary>
    private static Guid? FindOwn(this ClaimsPrincipal user, string claim) =>
        user.FindFirst(claim) is { Issuer: ClaimsIdentity.DefaultIssuer, Value: var value } && UuidText.TryParse(value, out var id)
            ? id
            : null;
}
