namespace Webhooks.Core.Statistics;

/// <summary>What a statement can change of a delivery, as the column <c>outcomes</c> has it.</summary>
internal static class StatisticsOutcome
{
    /// <summary>It was inserted, and is pending.</summary>
    public const string Made = "made";

    /// <summary>It was inserted, and is skipped.</summary>
    public const string Skipped = "skipped";

    /// <summary>An attempt was made, and another follows.</summary>
    public const string Pending = "pending";

    public const string Succeeded = "succeeded";

    public const string Failed = "failed";

    public const string Canceled = "canceled";

    /// <summary>It was deleted: a test that was not sent.</summary>
    public const string Discarded = "discarded";
}
