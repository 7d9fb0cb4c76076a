using Webhooks.Core.Filters;

namespace Webhooks.Core.Webhooks;

/// <summary>Changes to a webhook; null means unchanged.</summary>
/// <param name="Url">The new URL; a webhook that is to be pulled from has none.</param>
/// <param name="Events">The new event types.</param>
/// <param name="Active">Whether events fan out to it.</param>
/// <param name="Description">The new description; empty clears it.</param>
/// <param name="RetryDelays">The new waits between attempts, in seconds; of null, the system's.</param>
/// <param name="TimeoutSeconds">The new time for one attempt; of null, the system's.</param>
/// <param name="KeepSkipped">Whether events that come while it is inactive are kept as skipped deliveries.</param>
/// <param name="Filter">The new filter; of null, none.</param>
/// <param name="PayloadFormat">The form in which it gets events from now on, as one of <see cref="Webhooks.PayloadFormat"/>.</param>
/// <param name="Headers">The headers that its requests have from now on; of null, none.</param>
/// <param name="Metadata">The organization's new labels; of null, none.</param>
/// <param name="Transform">The JavaScript that makes of payloads what is sent, for deliveries without an attempt; of null, none.</param>
/// <param name="Mode">How deliveries come to its receiver from now on, also those that are pending.</param>
public sealed record WebhookChanges(
    string? Url = null,
    IReadOnlyList<string>? Events = null,
    bool? Active = null,
    string? Description = null,
    NewValue<IReadOnlyList<int>?>? RetryDelays = null,
    NewValue<int?>? TimeoutSeconds = null,
    bool? KeepSkipped = null,
    NewValue<Filter?>? Filter = null,
    string? PayloadFormat = null,
    NewValue<IReadOnlyDictionary<string, string>?>? Headers = null,
    NewValue<IReadOnlyDictionary<string, string>?>? Metadata = null,
    NewValue<string?>? Transform = null,
    string? Mode = null);
