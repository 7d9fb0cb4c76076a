using System.Security.Claims;
using Webhooks.Core;

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

    /// <summary>The API key that a request has; null when it has a token of an authority.</summary>
    public static Guid? FindApiKeyId(this ClaimsPrincipal user) =>
        UuidText.TryParse(user.FindFirst(ApiKey)?.Value, out var id) ? id : null;

    /// <summary>The organization that an authorized request acts for.</summary>
    /// <exception cref="InvalidOperationException">The endpoint's policy does not ask for an organization.</exception>
    public static Guid OrganizationId(this ClaimsPrincipal user) =>
        user.FindOrganizationId() ?? throw new InvalidOperationException("The token names no organization.");

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
}
