using System.Text;
using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;
using Webhooks.Core.Secrets;
using Webhooks.Core.Statistics;
using Webhooks.Core.Transforms;
using Webhooks.Core.Webhooks;

namespace Webhooks.Core.Deliveries;

/// <summary>
/// A sample event that is sent to one webhook now, active or not, through the same attempter, and is recorded in the history. Where the
/// webhook is pulled from, the sample waits to be pulled.
/// </summary>
public sealed class TestDelivery(
    NpgsqlDataSource database,
    DeliveryStore deliveries,
    DeliveryAttempter attempter,
    DeliveryHistory history,
    DeliveryAnnouncement announcement,
    KnownEventTypes types,
    WebhooksOptions options,
    TimeProvider clock)
{
    /// <summary>What decrypting and recording may take beside the attempt itself.</summary>
    private static readonly TimeSpan _leaseMargin = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Makes the attempt and waits for its result; null when the organization has no such webhook, or one that is pulled from and not
    /// active. What is to be pulled is not waited for.
    /// </summary>
    /// <param name="eventType">
    /// An event type that webhooks may name; null means the webhook's first (for <c>*</c>, the catalog's first).
    /// </param>
    /// <param name="data">What is sent as the event's data, as JSON; null means the event type's sample.</param>
    /// <param name="cancellationToken">Is canceled when nobody waits for the result any more.</param>
    /// <exception cref="ArgumentException">There is no such event type.</exception>
    /// <exception cref="SecretUnavailableException">The secret cannot be decrypted now; nothing was sent.</exception>
    /// <exception cref="TransformsBusyException">The transform did not get its turn; nothing was sent.</exception>
    /// <exception cref="OperationCanceledException">
    /// The token was canceled during the attempt, which will be made again when its lease has ended.
    /// </exception>
    public async Task<DeliveryDetail?> SendAsync(
        Guid orgId, Guid webhookId, string? eventType, ReadOnlyMemory<byte>? data, CancellationToken cancellationToken)
    {
        if (await ChooseAsync(orgId, webhookId, eventType, cancellationToken) is not { } sample
            || await InsertAsync(
                orgId, webhookId, sample.Name, data ?? Encoding.UTF8.GetBytes(sample.Sample), cancellationToken) is not { } delivery)
        {
            return null;
        }

        if (delivery.Pulled)
        {
            await announcement.NotifyPullsAsync([webhookId]);
            return await history.FindAsync(orgId, webhookId, delivery.Id, cancellationToken);
        }

        var result = await AttemptAsync(delivery, cancellationToken);

        // What was sent is recorded, even for a caller who has gone.
        await deliveries.RecordAsync([result], CancellationToken.None);
        return await history.FindAsync(orgId, webhookId, delivery.Id, cancellationToken);
    }

    /// <returns>The event type to send; null when the organization has no such webhook.</returns>
    private async Task<EventType?> ChooseAsync(Guid orgId, Guid webhookId, string? eventType, CancellationToken cancellationToken)
    {
        const string Sql = "SELECT events[1] FROM webhooks WHERE id = @id AND org_id = @org_id AND deleted_at IS NULL";
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("id", webhookId);
        command.Parameters.AddWithValue("org_id", orgId);
        if (await command.ExecuteScalarAsync(cancellationToken) is not string first)
        {
            return null;
        }

        return eventType is null
            ? ListedEvents.FirstOf(first, types.Current) ?? types.Current.OfferedFirst[0]
            : ListedEvents.FirstOf(eventType, types.Current)
                ?? throw new ArgumentException($"There is no event type '{eventType}'.", nameof(eventType));
    }

    /// <summary>
    /// Inserts the delivery as claimed by us, so that nothing is sent before its row is committed. Should this process end before it
    /// records, whoever claims due deliveries makes the attempt once the lease has ended.
    /// </summary>
    private async Task<ClaimedDelivery?> InsertAsync(
        Guid orgId, Guid webhookId, string eventType, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            WITH webhook AS (
                SELECT id, org_id, url, secret, active, mode, retry_delays, timeout_seconds, payload_format, headers, transform_id,
                       CASE WHEN previous_secret_expires_at > now() THEN previous_secret END AS previous_secret, secret_promoted
                FROM webhooks WHERE id = @webhook_id AND org_id = @org_id AND deleted_at IS NULL
            ), inserted AS (
                INSERT INTO webhook_deliveries
                    (id, webhook_id, org_id, event, event_id, payload, test, next_attempt_at, next_trigger, lease_until, lease_token)
                SELECT webhook_delivery_id(@event_id, id), id, org_id, @event, @event_id,
                       webhook_payload(payload_format = 'cloudevents', @event, @event_id, org_id, @timestamp, @data, id),
                       true, now(), 'manual', CASE WHEN mode = 'pull' THEN 'infinity' ELSE now() + @lease END,
                       CASE WHEN mode = 'push' THEN @lease_token END
                FROM webhook WHERE mode = 'push' OR active
                RETURNING *
            ), {StatisticsChanges.Made}
            SELECT delivery.id, @lease_token AS lease_token, delivery.webhook_id, delivery.org_id, delivery.event_id, delivery.event,
                   delivery.payload::text AS body, delivery.attempt_number, delivery.test, webhook.url, webhook.secret,
                   webhook.active AS webhook_active, delivery.created_at, delivery.trace_parent, delivery.next_trigger,
                   delivery.cancel_requested, delivery.created_at AS claimed_at, delivery.deliver_at, webhook.headers,
                   webhook.retry_delays, webhook.timeout_seconds, webhook.previous_secret, webhook.secret_promoted, webhook.transform_id,
                   delivery.sent_headers::text AS sent_headers, webhook.mode = 'pull' AS pulled
            FROM inserted AS delivery CROSS JOIN webhook
            """;
        var now = clock.GetUtcNow();
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("webhook_id", webhookId);
        command.Parameters.AddWithValue("org_id", orgId);
        command.Parameters.AddWithValue("event_id", Guid.CreateVersion7(now));
        command.Parameters.AddWithValue("event", eventType);
        command.Parameters.AddWithValue("timestamp", EventTimestamp.Format(now));
        command.Parameters.AddWithValue("data", NpgsqlDbType.Jsonb, data);
        command.Parameters.AddWithValue("lease", options.AttemptTimeout + _leaseMargin);
        command.Parameters.AddWithValue("lease_token", Guid.NewGuid());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new ClaimReader(reader).Read() : null;
    }

    private async Task<DeliveryResult> AttemptAsync(ClaimedDelivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            return await attempter.AttemptAsync(delivery, cancellationToken);
        }
        catch (Exception notReady) when (notReady is SecretUnavailableException or TransformsBusyException)
        {
            // The caller is told that nothing was sent; it must stay so.
            await DiscardAsync(delivery);
            throw;
        }
    }

    private async Task DiscardAsync(ClaimedDelivery delivery)
    {
        const string Sql = $"""
            WITH discarded AS (
                DELETE FROM webhook_deliveries WHERE id = @id AND lease_token = @lease_token
                RETURNING org_id, webhook_id, event, created_at
            )
            {StatisticsChanges.Discarded}
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("id", delivery.Id);
        command.Parameters.AddWithValue("lease_token", delivery.LeaseToken);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
