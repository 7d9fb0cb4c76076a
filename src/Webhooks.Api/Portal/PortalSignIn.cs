namespace Webhooks.Api.Portal;

/// <summary>How people sign in to the portal: OpenID Connect, code flow with PKCE, as a public client.</summary>
/// <param name="Authority">The https address of the authority.</param>
/// <param name="ClientId">The id that the portal has there.</param>
/// <param name="Scope">What it asks for, separated by spaces: what makes the authority's access tokens good for this API.</param>
/// <param name="Audience">
/// Whom it asks for tokens for, where the authority wants to be told so by a parameter that no standard has; null where it does not.
/// </param>
internal sealed record PortalSignIn(Uri Authority, string ClientId, string Scope, string? Audience)
{
    /// <summary>The scope that every sign-in asks for (OpenID Connect Core, section 3.1.2.1).</summary>
    public const string LeastScope = "openid";
}
