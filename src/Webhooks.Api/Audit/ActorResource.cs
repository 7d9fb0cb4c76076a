namespace Webhooks.Api.Audit;

/// <summary>Who made a change.</summary>
/// <param name="Kind">
/// `user` (who has a token), `key` (a program with an API key), `session` (of the portal), or `system`, which disables webhooks by itself,
/// for example.
/// </param>
/// <param name="Id">The `sub` of the token, or the id of the key or session; null when it is the system, or the token has none.</param>
/// <param name="Address">The address that the request came from; null when there was none.</param>
internal sealed record ActorResource(string Kind, string? Id, string? Address);
