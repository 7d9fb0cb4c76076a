using Npgsql;
using Webhooks.Core.Deliveries;

namespace Webhooks.Core.Signals;

/// <summary>The operational event of deliveries that have failed and are not tried again.</summary>
/// <remarks>
/// A receiver that is gone makes as many of them as it was to get deliveries, so there is one for an hour of a webhook. There is none about
/// the delivery of an operational event: that would be the cause of another, for ever.
/// </remarks>
internal static class ExhaustedDeliveries
{
    private static readonly string _failed = DeliveryStatus.Failed.ToText();

    private static readonly string[] _operational = [.. OperationalEvents.All.Select(type => type.Name)];

    /// <summary>The statement that follows the recording of results in its transaction; null when none of them needs it.</summary>
    public static NpgsqlBatchCommand? Signal(IReadOnlyCollection<ResultRow> results)
    {
        const string Sql = """
            INSERT INTO webhook_signals (webhook_id, event, period, org_id, data)
            SELECT DISTINCT ON (webhook_id) webhook_id, @event, date_trunc('hour', now()), org_id,
                   jsonb_build_object(
                       'webhook_id', webhook_id, 'delivery_id', id, 'event', event, 'event_id', event_id, 'attempts', attempt_number,
                       'response_status', response_status, 'error', error)
            FROM webhook_deliveries
            WHERE id = ANY (@ids) AND status = 'failed' AND NOT test AND event <> ALL (@operational)
            ORDER BY webhook_id, id
            ON CONFLICT DO NOTHING
            """;
        Guid[] failed = [.. results.Where(result => result.Status == _failed).Select(result => result.Id)];
        return failed.Length == 0
            ? null
            : new NpgsqlBatchCommand(Sql)
            {
                Parameters = { new("event", OperationalEvents.DeliveryExhausted), new("ids", failed), new("operational", _operational) },
            };
    }
}
