using Webhooks.Core.ApiKeys;
using Webhooks.Core.Credentials;

namespace Webhooks.Api.ApiKeys;

/// <summary>A key that a program calls the API with, without the key itself.</summary>
/// <param name="Id">The key's id.</param>
/// <param name="OrgId">The organization that it belongs to.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Scopes">What it allows.</param>
/// <param name="Prefix">How the key begins: enough to tell which one somebody has, and no secret.</param>
/// <param name="MadeBy">The id of the key that made it, and takes it along when it is revoked; null when a token did.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="ExpiresAt">From when on it is no longer accepted, UTC; null for never.</param>
/// <param name="LastUsedAt">When it was last used, UTC, up to a minute late; null when it was not.</param>
internal sealed record ApiKeyResource(
    Guid Id,
    Guid OrgId,
    string Name,
    IReadOnlyList<string> Scopes,
    string Prefix,
    Guid? MadeBy,
    DateTime CreatedAt,
    DateTime? ExpiresAt,
    DateTime? LastUsedAt)
{
    public static ApiKeyResource From(ApiKey key) => new(
        key.Id,
        key.OrgId,
        key.Name,
        key.Scopes,
        CredentialText.ApiKey.PublicPart(key.Id),
        key.MadeBy,
        key.CreatedAt.UtcDateTime,
        key.ExpiresAt?.UtcDateTime,
        key.LastUsedAt?.UtcDateTime);
}
