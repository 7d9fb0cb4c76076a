namespace Webhooks.Core.Health;

/// <summary>Why a pending delivery waits although its time has come.</summary>
/// <param name="By">What holds it, as one of the constants.</param>
/// <param name="Until">Until when, UTC; null when that is not known.</param>
public sealed record Hold(string By, DateTimeOffset? Until)
{
    /// <summary>Its receiver asked for time: 429 or 503 with <c>Retry-After</c>.</summary>
    public const string RetryAfter = "retry_after";

    /// <summary>Its receiver has not answered of late.</summary>
    public const string Circuit = "circuit";

    /// <summary>Its receiver is to pull it.</summary>
    public const string Pull = "pull";
}
