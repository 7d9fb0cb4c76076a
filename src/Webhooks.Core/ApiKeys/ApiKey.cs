namespace Webhooks.Core.ApiKeys;

/// <summary>A key that a program calls the API with, without the key itself, which nobody has but its owner.</summary>
/// <param name="Id">Its id, which is part of the key.</param>
/// <param name="OrgId">The organization that it belongs to.</param>
/// <param name="Name">What it is for, in its maker's words.</param>
/// <param name="Scopes">What it allows.</param>
/// <param name="MadeBy">The key that made it; null when a token did.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="ExpiresAt">From when on it is no longer accepted, UTC; null for never.</param>
/// <param name="LastUsedAt">When it was last used, UTC, up to a minute late; null when it was not.</param>
public sealed record ApiKey(
    Guid Id,
    Guid OrgId,
    string Name,
    IReadOnlyList<string> Scopes,
    Guid? MadeBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastUsedAt);
