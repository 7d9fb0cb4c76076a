namespace Webhooks.Core.ApiKeys;

/// <summary>A key to make. What it says has been validated.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Scopes">What it allows: no more than its maker may.</param>
/// <param name="ExpiresAt">From when on it is no longer accepted; null for never. A key's own end is the latest for those it makes.</param>
/// <param name="MadeBy">The key that makes it; null when a token does.</param>
public sealed record NewApiKey(string Name, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt, Guid? MadeBy);
