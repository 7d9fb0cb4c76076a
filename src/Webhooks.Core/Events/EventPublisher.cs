using Microsoft.Extensions.Logging;
using Webhooks.Core.Telemetry;

namespace Webhooks.Core.Events;

/// <summary>Accepts events: when it returns, a pending delivery is committed for every matching webhook. Idempotent.</summary>
public sealed partial class EventPublisher(
    EventInsertion insertion, WebhooksTracing tracing, TimeProvider clock, ILogger<EventPublisher> logger) : IDisposable
{
    private readonly GroupCommit _groups = new(insertion);

    /// <summary>Publishes all events or, when it throws, none.</summary>
    /// <param name="messages">Their data may change again when this has returned.</param>
    /// <param name="cancellationToken">Gives up; whether the events are published is then unknown.</param>
    /// <returns>
    /// One for each message, in order. Of messages with the same organization and key, the first makes the deliveries; the later ones
    /// have its id and number of deliveries.
    /// </returns>
    public async Task<IReadOnlyList<PublishedEvent>> PublishAsync(IReadOnlyList<EventMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
        {
            return [];
        }

        using var activity = tracing.StartPublish(messages);
        var published = await _groups.StoreAsync(Identify(messages), cancellationToken);
        foreach (var accepted in published)
        {
            LogAccepted(accepted.Id, accepted.Event, accepted.OrgId, accepted.Deliveries, accepted.NewDeliveries.Count);
        }

        return published;
    }

    public void Dispose() => _groups.Dispose();

    private IdentifiedEvent[] Identify(IReadOnlyList<EventMessage> messages)
    {
        var now = clock.GetUtcNow();
        var traceParent = WebhooksTracing.CurrentTraceParent;
        var events = new IdentifiedEvent[messages.Count];
        for (var index = 0; index < events.Length; index++)
        {
            var message = messages[index];
            events[index] = new IdentifiedEvent(EventIdentity.Of(message.Key, now), message, message.Timestamp ?? now, traceParent);
        }

        return events;
    }

    [LoggerMessage(1, LogLevel.Information, "webhook event {EventId} {Event} of organization {OrgId} accepted: {Deliveries} deliveries, {NewDeliveries} of them new")]
    private partial void LogAccepted(Guid eventId, string @event, Guid orgId, int deliveries, int newDeliveries);
}
