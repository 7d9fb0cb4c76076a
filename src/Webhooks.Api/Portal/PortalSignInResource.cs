namespace Webhooks.Api.Portal;

/// <summary>How people sign in: OpenID Connect, code flow with PKCE.</summary>
/// <param name="Authority">The authority, whose discovery document is below it.</param>
/// <param name="ClientId">The portal's id there.</param>
/// <param name="Scope">What to ask for.</param>
/// <param name="Audience">Whom to ask for tokens for; null where the scope says it.</param>
internal sealed record PortalSignInResource(string Authority, string ClientId, string Scope, string? Audience);
