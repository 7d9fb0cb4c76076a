using Webhooks.Core.Filters;

namespace Webhooks.Core.Webhooks;

/// <summary>A webhook to store.</summary>
/// <param name="Url">Where deliveries are posted; null for one that is pulled from.</param>
/// <param name="Events">Which events it gets, as <see cref="ListedEvents"/> says.</param>
/// <param name="Active">Whether events fan out to it.</param>
/// <param name="Description">The organization's own note, or null.</param>
/// <param name="RetryDelays">The waits between attempts, in seconds; none means a single attempt, null the system's.</param>
/// <param name="TimeoutSeconds">The time for one attempt; null for the system's.</param>
/// <param name="KeepSkipped">Whether events that come while it is inactive are kept as skipped deliveries.</param>
/// <param name="Filter">Which of these events it gets, by what is in them; null for all.</param>
/// <param name="Headers">Headers that its requests have, as <see cref="RequestHeaders"/> allows; null for none.</param>
/// <param name="Metadata">The organization's own labels; null for none.</param>
/// <param name="Transform">JavaScript that makes of its payloads what is sent; null for none.</param>
/// <param name="PayloadFormat">In which form, as one of <see cref="Webhooks.PayloadFormat"/>.</param>
/// <param name="Mode">How deliveries come to its receiver, as one of <see cref="WebhookMode"/>.</param>
public sealed record NewWebhook(
    string? Url,
    IReadOnlyList<string> Events,
    bool Active,
    string? Description,
    IReadOnlyList<int>? RetryDelays = null,
    int? TimeoutSeconds = null,
    bool KeepSkipped = true,
    Filter? Filter = null,
    string PayloadFormat = PayloadFormat.Standard,
    IReadOnlyDictionary<string, string>? Headers = null,
    IReadOnlyDictionary<string, string>? Metadata = null,
    string? Transform = null,
    string Mode = WebhookMode.Push);
