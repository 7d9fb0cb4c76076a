namespace Webhooks.Api.Portal;

/// <summary>Who made a session of the portal.</summary>
/// <param name="Kind">`user` (who has a token), `key` (a program with an API key) or `system`.</param>
/// <param name="Id">The `sub` of the token, or the id of the key; null when the token has none.</param>
internal sealed record PortalSessionMaker(string Kind, string? Id);
