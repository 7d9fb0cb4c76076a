namespace Webhooks.Core.Statistics;

/// <summary>What a row counts.</summary>
/// <param name="OrgId">The organization.</param>
/// <param name="WebhookId">The webhook; the empty id for all of the organization.</param>
/// <param name="At">The beginning of the span, UTC.</param>
/// <param name="Event">The event type.</param>
/// <param name="Error">
/// An error's code, or the status of an answer that was not 2xx; empty for what has succeeded, or has not ended.
/// </param>
internal readonly record struct StatisticsKey(Guid OrgId, Guid WebhookId, DateTimeOffset At, string Event, string Error);
