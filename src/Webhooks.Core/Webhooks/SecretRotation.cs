namespace Webhooks.Core.Webhooks;

/// <summary>What came of a request to rotate a webhook's secret.</summary>
public abstract record SecretRotation
{
    private SecretRotation()
    {
    }

    /// <summary>The webhook has the new secret, by this request or by an earlier one that this one repeats.</summary>
    /// <param name="Secret">The new secret in clear.</param>
    /// <param name="PreviousExpiresAt">Until when the old one signs, too, UTC; null when it does not.</param>
    public sealed record Rotated(string Secret, DateTimeOffset? PreviousExpiresAt) : SecretRotation;

    /// <summary>Nothing was changed: the overlap of an earlier rotation runs.</summary>
    /// <param name="Until">Its end, UTC.</param>
    public sealed record OverlapRuns(DateTimeOffset Until) : SecretRotation;

    /// <summary>Nothing was changed: the latest rotation has the same key, and was another request.</summary>
    public sealed record KeyReused : SecretRotation;
}
