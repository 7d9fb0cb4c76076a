namespace Webhooks.Api.Portal;

/// <summary>What the portal has to know before it has a token.</summary>
/// <param name="Api">Where the API is.</param>
/// <param name="Version">The version of the server.</param>
/// <param name="Oidc">How people sign in who have no link; null when they cannot.</param>
/// <param name="RefreshUrl">Where somebody whose session has ended gets another; null for nowhere.</param>
internal sealed record PortalSettingsResource(string Api, string Version, PortalSignInResource? Oidc, string? RefreshUrl);
