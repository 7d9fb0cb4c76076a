using System.Globalization;

namespace Webhooks.Core.Statistics;

/// <summary>What a statement changed of one delivery.</summary>
/// <param name="OrgId">Its organization.</param>
/// <param name="WebhookId">Its webhook.</param>
/// <param name="Event">Its event type.</param>
/// <param name="Outcome">A text of <see cref="StatisticsOutcome"/>.</param>
/// <param name="CreatedAt">When it was created, UTC.</param>
/// <param name="Error">Of its last attempt, also when it has ended without another; empty when that had none.</param>
/// <param name="AttemptNumber">How many attempts it has had.</param>
/// <param name="AttemptedAt">When the attempt began that was recorded, UTC; null when none was.</param>
/// <param name="DurationMs">How long it took, milliseconds.</param>
internal readonly record struct StatisticsEntry(
    Guid OrgId,
    Guid WebhookId,
    string Event,
    string Outcome,
    DateTimeOffset CreatedAt,
    string Error,
    int AttemptNumber,
    DateTimeOffset? AttemptedAt,
    int DurationMs)
{
    /// <summary>What stands for the error of an attempt: its code, or else the status of an answer that is not 2xx.</summary>
    public static string ErrorOf(string? error, int? responseStatus) => (error, responseStatus) switch
    {
        ({ } code, _) => code,
        (null, < 200 or > 299) => responseStatus.Value.ToString(CultureInfo.InvariantCulture),
        _ => "",
    };
}
