using Microsoft.Extensions.Logging;
using Npgsql;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Statistics;
using Webhooks.Core.Telemetry;
using Webhooks.Core.Webhooks;

namespace Webhooks.Core.Signals;

/// <summary>
/// The publishing of operational events and alerts. Whatever causes one stores it in its own transaction (<c>webhook_signals</c>, where
/// the organization stands for the webhook of an alert); here it becomes deliveries, in the statement that marks it as published. So none
/// is lost when a process ends, and of several servers one publishes it.
/// </summary>
public sealed partial class SignalPublisher(
    NpgsqlDataSource database,
    DeliveryAnnouncement announcement,
    IDeliveryDispatch dispatch,
    WebhooksMetrics metrics,
    ILogger<SignalPublisher> logger)
{
    /// <summary>Of one statement: each may go to many webhooks.</summary>
    private const int MostAtOnce = 20;

    /// <summary>What else than their names a webhook may list to get alerts.</summary>
    private static readonly (string Event, string Listed)[] _listed =
        [.. AlertEvents.All.SelectMany(name => ListedEvents.NamesOf(name).Select(listed => (name, listed)))];

    private static readonly string[] _listedEvents = Array.ConvertAll(_listed, entry => entry.Event);
    private static readonly string[] _listedNames = Array.ConvertAll(_listed, entry => entry.Listed);

    /// <summary>Publishes what is stored and not published.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        int published;
        do
        {
            published = await PublishAsync(cancellationToken);
        }
        while (published == MostAtOnce);
    }

    private async Task<int> PublishAsync(CancellationToken cancellationToken)
    {
        // A webhook that lists none of these event types is not looked at for any of them, and "*" stands for alerts alone.
        const string Sql = $"""
            WITH signal AS (
                SELECT *, event || ARRAY (
                    SELECT name FROM unnest(@events, @names) AS listed (type, name) WHERE type = event) AS names
                FROM webhook_signals WHERE published_at IS NULL ORDER BY id LIMIT @most FOR UPDATE SKIP LOCKED
            ), published AS (
                UPDATE webhook_signals SET published_at = now()
                WHERE (webhook_id, event, period) IN (SELECT webhook_id, event, period FROM signal)
            ), inserted AS (
                INSERT INTO webhook_deliveries (id, webhook_id, org_id, event, event_id, payload, next_attempt_at, lease_until)
                SELECT webhook_delivery_id(signal.id, webhooks.id) AS id, webhooks.id, signal.org_id, signal.event, signal.id,
                       webhook_payload(
                           webhooks.payload_format = 'cloudevents', signal.event, signal.id, signal.org_id,
                           webhook_time_text(signal.at), signal.data, webhooks.id),
                       now(), CASE WHEN webhooks.mode = 'pull' THEN 'infinity'::timestamptz END
                FROM signal JOIN webhooks
                  ON webhooks.org_id = signal.org_id AND webhooks.active AND webhooks.deleted_at IS NULL
                    AND webhooks.id <> signal.webhook_id
                    AND webhooks.events && signal.names
                ORDER BY 1
                ON CONFLICT (id) DO NOTHING
                RETURNING id, event_id, org_id, webhook_id, event, status
            ), {StatisticsChanges.Made}
            SELECT signal.id, signal.event, signal.webhook_id, signal.org_id,
                   ARRAY (SELECT inserted.id FROM inserted WHERE event_id = signal.id) AS deliveries
            FROM signal ORDER BY signal.id
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("most", MostAtOnce);
        command.Parameters.AddWithValue("events", _listedEvents);
        command.Parameters.AddWithValue("names", _listedNames);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (published, deliveries) = (0, new List<Guid>());
        while (await reader.ReadAsync(cancellationToken))
        {
            var (name, made) = (reader.GetString(1), reader.GetFieldValue<Guid[]>(4));
            metrics.OperationalEventPublished(name);
            var (id, about, organization) = (reader.GetGuid(0), reader.GetGuid(2), reader.GetGuid(3));
            if (about == organization)
            {
                LogPublished(id, name, organization, made.Length);
            }
            else
            {
                LogPublished(id, name, about, organization, made.Length);
            }

            deliveries.AddRange(made);
            published++;
        }

        await reader.CloseAsync();
        if (deliveries.Count > 0)
        {
            // They are committed: what is not begun now is found by whoever looks for what is due.
            await announcement.NotifyAsync();
            await dispatch.DispatchAsync(deliveries, CancellationToken.None);
        }

        return published;
    }

    [LoggerMessage(
        1,
        LogLevel.Information,
        "webhook operational event {EventId} {Event} about webhook {WebhookId} of organization {OrgId}: {Deliveries} deliveries")]
    private partial void LogPublished(Guid eventId, string @event, Guid webhookId, Guid orgId, int deliveries);

    [LoggerMessage(2, LogLevel.Warning, "webhook event {EventId} {Event} of organization {OrgId}: {Deliveries} deliveries")]
    private partial void LogPublished(Guid eventId, string @event, Guid orgId, int deliveries);
}
