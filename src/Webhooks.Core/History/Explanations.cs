using Webhooks.Core.Webhooks;

namespace Webhooks.Core.History;

/// <summary>Explains why an event did or did not reach a webhook.</summary>
public sealed class Explanations(WebhookStore webhooks, OrganizationHistory history)
{
    /// <summary>Explains; null when the organization has no such webhook. An event of another organization is an unknown one.</summary>
    public async Task<Explanation?> ExplainAsync(Guid orgId, Guid webhookId, Guid eventId, CancellationToken cancellationToken) =>
        await webhooks.FindAsync(orgId, webhookId, cancellationToken) is { } webhook
            ? Explanation.Of(webhook, await history.FindDeliveriesAsync(orgId, eventId, cancellationToken))
            : null;
}
