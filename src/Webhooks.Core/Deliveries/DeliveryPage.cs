using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Deliveries;

/// <summary>
/// The parts of statements that read a webhook's deliveries newest first: one scan of one index. It compares whole index entries, and not
/// each column, because the planner would then also think of walking through the primary key, past the deliveries of all other webhooks.
/// </summary>
internal static class DeliveryPage
{
    /// <summary>The condition that selects a webhook's deliveries.</summary>
    /// <param name="filter">Which of them; its values are parameters, of <see cref="AddTo"/>.</param>
    /// <param name="webhookId">The SQL expression of the webhook's id.</param>
    public static string Condition(DeliveryFilter filter, string webhookId)
    {
        var (column, value, predicate) = IndexFor(filter);
        return $"""
            (webhook_id, {column}id) >= ({webhookId}, {value}@oldest_id)
              AND (webhook_id, {column}id) < ({webhookId}, {value}@before_id)
              AND id >= @oldest_id AND id < @before_id
              AND {predicate}
              AND (@event IS NULL OR event = @event)
              AND (@status IS NULL OR status = @status)
              AND (@response_status IS NULL OR response_status = @response_status)
              AND (@from IS NULL OR created_at >= @from)
              AND (@to IS NULL OR created_at < @to)
            """;
    }

    /// <summary>The order of the index.</summary>
    public static string Order(DeliveryFilter filter) =>
        $"webhook_id DESC, {IndexFor(filter).Column.Replace(",", " DESC,", StringComparison.Ordinal)}id DESC";

    /// <summary>Adds the parameters of <see cref="Condition"/>.</summary>
    /// <param name="parameters">Those of the statement.</param>
    /// <param name="filter">The same as there.</param>
    /// <param name="before">An id that is greater than all that are wanted; null when the filter alone says that.</param>
    public static void AddTo(NpgsqlParameterCollection parameters, DeliveryFilter filter, Guid? before)
    {
        var (oldest, first) = DeliveryIdRange.Of(filter);
        parameters.AddWithValue("oldest_id", oldest);
        parameters.AddWithValue("before_id", before < first ? before.Value : first);
        parameters.Add(NullableParameter.Create("event", NpgsqlDbType.Text, filter.Event));
        parameters.Add(NullableParameter.Create("status", NpgsqlDbType.Text, filter.Status?.ToText()));
        parameters.Add(NullableParameter.Create("response_status", NpgsqlDbType.Integer, filter.ResponseStatus));
        parameters.Add(NullableParameter.Create("from", NpgsqlDbType.TimestampTz, filter.From?.ToUniversalTime()));
        parameters.Add(NullableParameter.Create("to", NpgsqlDbType.TimestampTz, filter.To?.ToUniversalTime()));
    }

    /// <summary>
    /// The index that holds the fewest entries of other deliveries: its column between the webhook and the id, and what makes it usable.
    /// </summary>
    private static (string Column, string Value, string Predicate) IndexFor(DeliveryFilter filter) => filter switch
    {
        { ResponseStatus: < 200 or > 299 } => ("response_status, ", "@response_status, ", "response_status NOT BETWEEN 200 AND 299"),
        { Status: DeliveryStatus.Failed or DeliveryStatus.Canceled } => ("status, ", "@status, ", "status IN ('failed', 'canceled')"),
        { Status: DeliveryStatus.Pending } => ("", "", "status = 'pending'"),
        _ => ("", "", "true"),
    };
}
