using Webhooks.Core.Deliveries;
using Webhooks.Core.Filters;
using Webhooks.Core.Webhooks;

namespace Webhooks.Core.History;

/// <summary>The reasons why events did or did not reach webhooks.</summary>
public sealed class Explanations(WebhookStore webhooks, OrganizationHistory history, FilterTrials filters)
{
    /// <summary>Explains; null when the organization has no such webhook. An event of another organization is an unknown one.</summary>
    public async Task<Explanation?> ExplainAsync(Guid orgId, Guid webhookId, Guid eventId, CancellationToken cancellationToken)
    {
        if (await webhooks.FindAsync(orgId, webhookId, cancellationToken) is not { } webhook)
        {
            return null;
        }

        var deliveries = await history.FindDeliveriesAsync(orgId, eventId, cancellationToken);
        var isFiltered = webhook.Filter is not null && deliveries.Count > 0 && deliveries.All(delivery => delivery.WebhookId != webhookId)
            && !await PassesFilterAsync(orgId, webhookId, deliveries[0], cancellationToken);
        return Explanation.Of(webhook, deliveries, isFiltered);
    }

    /// <summary>
    /// By the filter as it is now. Of an event whose data have been erased nobody knows: then the filter is held to be the reason.
    /// </summary>
    private async Task<bool> PassesFilterAsync(
        Guid orgId, Guid webhookId, DeliverySummary delivery, CancellationToken cancellationToken) =>
        await history.FindEventAsync(orgId, delivery.EventId, cancellationToken) is { Data: { } data, Timestamp: { } timestamp }
        && await filters.PassesAsync(webhookId, new FilterPayload(delivery.Event, timestamp, data), cancellationToken);
}
