namespace Webhooks.Core.Recoveries;

/// <summary>
/// Which of a webhook's deliveries a recovery is about. Redeliveries are not among them, nor tests, nor what has been redelivered since and
/// has arrived or is on its way.
/// </summary>
/// <param name="From">Created at this time or later, UTC.</param>
/// <param name="To">Created before this time, UTC.</param>
/// <param name="Statuses">In one of these states, of <see cref="Recoverable"/>.</param>
/// <param name="Events">Of one of these event types; null for all.</param>
/// <param name="ResponseStatus">With this HTTP status of the last answer; null for any, and for none.</param>
public sealed record RecoveryScope(
    DateTimeOffset From, DateTimeOffset To, IReadOnlyList<string> Statuses, IReadOnlyList<string>? Events, int? ResponseStatus)
{
    /// <summary>The states that can be recovered.</summary>
    public static readonly IReadOnlyList<string> Recoverable = ["failed", "skipped", "canceled"];
}
