using Webhooks.Core.ApiKeys;

namespace Webhooks.Api.ApiKeys;

/// <summary>A key that was just made, with the key itself.</summary>
/// <param name="Id">The key's id.</param>
/// <param name="OrgId">The organization that it belongs to.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Scopes">What it allows.</param>
/// <param name="Prefix">How the key begins: enough to tell which one somebody has, and no secret.</param>
/// <param name="Key">The key: send it as a bearer token. It is shown this once: keep it.</param>
/// <param name="MadeBy">The id of the key that made it, and takes it along when it is revoked; null when a token did.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="ExpiresAt">From when on it is no longer accepted, UTC; null for never.</param>
/// <param name="LastUsedAt">When it was last used: null.</param>
internal sealed record CreatedApiKey(
    Guid Id,
    Guid OrgId,
    string Name,
    IReadOnlyList<string> Scopes,
    string Prefix,
    string Key,
    Guid? MadeBy,
    DateTime CreatedAt,
    DateTime? ExpiresAt,
    DateTime? LastUsedAt)
{
    public static CreatedApiKey From(ApiKeyCreation.Made made)
    {
        var shown = ApiKeyResource.From(made.Key);
        return new CreatedApiKey(
            shown.Id,
            shown.OrgId,
            shown.Name,
            shown.Scopes,
            shown.Prefix,
            made.Text,
            shown.MadeBy,
            shown.CreatedAt,
            shown.ExpiresAt,
            shown.LastUsedAt);
    }
}
