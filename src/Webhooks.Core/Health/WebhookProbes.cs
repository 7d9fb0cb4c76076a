using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;
using Webhooks.Core.Statistics;

namespace Webhooks.Core.Health;

/// <summary>
/// The test deliveries that find out whether the receiver of a webhook that was enabled again answers: one, of one attempt, with a sample
/// event. It is stored in the transaction that enables the webhook, so that whoever ends after that, it is sent.
/// </summary>
public sealed class WebhookProbes(
    IDeliveryDispatch dispatch, DeliveryAnnouncement announcement, KnownEventTypes types, TimeProvider clock)
{
    /// <summary>Makes what was stored go out soon.</summary>
    public async Task BeginAsync(Guid deliveryId, CancellationToken cancellationToken)
    {
        await announcement.NotifyAsync();
        await dispatch.DispatchAsync([deliveryId], cancellationToken);
    }

    /// <summary>
    /// The command that stores the delivery and gives its id, if this transaction enabled the webhook and it is not pulled from. Its event
    /// is the webhook's first, or the catalog's first that this stands for.
    /// </summary>
    internal NpgsqlBatchCommand Insert(Guid orgId, Guid webhookId)
    {
        const string Sql = $"""
            WITH inserted AS (
                INSERT INTO webhook_deliveries (id, webhook_id, org_id, event, event_id, payload, test, next_attempt_at, next_trigger)
                SELECT webhook_delivery_id(@event_id, webhooks.id), webhooks.id, org_id, sample.event, @event_id,
                       webhook_payload(
                           webhooks.payload_format = 'cloudevents', sample.event, @event_id, webhooks.org_id, @timestamp, sample.data,
                           webhooks.id),
                       true, now(), 'probe'
                FROM webhooks
                JOIN webhook_health AS health ON health.webhook_id = webhooks.id AND health.enabled_at = now()
                CROSS JOIN LATERAL (
                    SELECT event, data FROM unnest(@events, @data) WITH ORDINALITY AS known (event, data, place)
                    ORDER BY event = webhooks.events[1] DESC,
                             webhooks.events[1] LIKE '%.*' AND starts_with(event, left(webhooks.events[1], -1)) DESC, place
                    LIMIT 1
                ) AS sample
                WHERE webhooks.id = @id AND webhooks.org_id = @org_id AND webhooks.mode = 'push'
                RETURNING id, org_id, webhook_id, event, status
            ), {StatisticsChanges.Made}
            SELECT id FROM inserted
            """;
        var now = clock.GetUtcNow();
        var samples = types.Current.OfferedFirst;
        return new NpgsqlBatchCommand(Sql)
        {
            Parameters =
            {
                new("id", webhookId),
                new("org_id", orgId),
                new("event_id", Guid.CreateVersion7(now)),
                new("timestamp", EventTimestamp.Format(now)),
                new("events", samples.Select(type => type.Name).ToArray()),
                new("data", NpgsqlDbType.Array | NpgsqlDbType.Jsonb) { Value = samples.Select(type => type.Sample).ToArray() },
            },
        };
    }
}
