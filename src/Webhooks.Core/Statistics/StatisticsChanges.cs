using Npgsql;

namespace Webhooks.Core.Statistics;

/// <summary>
/// The rows of <c>webhook_statistics_changes</c>: what statements have changed and nobody has added up. Every statement that inserts
/// deliveries, changes their status or adds an attempt inserts one, with the parts that are here.
/// </summary>
internal static class StatisticsChanges
{
    /// <summary>What an update of <c>webhook_deliveries</c> returns to <see cref="CountCanceled"/>.</summary>
    public const string Columns = "org_id, webhook_id, event, status, created_at, error, response_status, attempt_number";

    /// <summary>
    /// A CTE that counts the deliveries that one named <c>inserted</c> inserted and returns with <c>org_id</c>, <c>webhook_id</c>,
    /// <c>event</c> and <c>status</c>.
    /// </summary>
    public const string Made = $"""
        made AS (
            INSERT INTO webhook_statistics_changes (org_ids, webhook_ids, events, outcomes)
            SELECT array_agg(org_id), array_agg(webhook_id), array_agg(event),
                   array_agg(CASE status WHEN 'pending' THEN '{StatisticsOutcome.Made}' ELSE status END)
            FROM inserted HAVING count(*) > 0
        )
        """;

    /// <summary>
    /// A statement that counts those deliveries that a CTE named <c>canceled</c> did cancel, and which it returns with <see
    /// cref="Columns"/>.
    /// </summary>
    public const string CountCanceled = $"""
        {InsertChanged})
        {SelectChanged}
        FROM canceled WHERE status = '{StatisticsOutcome.Canceled}' HAVING count(*) > 0
        """;

    /// <summary><see cref="CountCanceled"/> as a CTE.</summary>
    public const string Canceled = $"counted AS ({CountCanceled})";

    /// <summary>
    /// A CTE that counts the results that one named <c>recorded</c> recorded. It returns of each delivery, as it is then, <see
    /// cref="Columns"/>, and of its attempt <c>attempted_at</c> and <c>attempt_ms</c>.
    /// </summary>
    public const string Recorded = $"""
        counted AS (
            {InsertChanged}, attempted_at, durations_ms)
            {SelectChanged}, array_agg(attempted_at), array_agg(attempt_ms)
            FROM recorded HAVING count(*) > 0
        )
        """;

    /// <summary>What follows a CTE <c>discarded</c>, a deleted delivery.</summary>
    public const string Discarded = $"""
        INSERT INTO webhook_statistics_changes (org_ids, webhook_ids, events, outcomes, created_at)
        SELECT ARRAY[org_id], ARRAY[webhook_id], ARRAY[event], ARRAY['{StatisticsOutcome.Discarded}'], ARRAY[created_at]
        FROM discarded
        """;

    /// <summary>What <see cref="Read"/> reads, in its order.</summary>
    public const string ReadColumns = """
        org_ids, webhook_ids, events, outcomes, at, created_at, errors, response_statuses, attempt_numbers, attempted_at, durations_ms
        """;

    private const string InsertChanged = """
        INSERT INTO webhook_statistics_changes
            (org_ids, webhook_ids, events, outcomes, created_at, errors, response_statuses, attempt_numbers
        """;

    private const string SelectChanged = """
        SELECT array_agg(org_id), array_agg(webhook_id), array_agg(event), array_agg(status), array_agg(created_at), array_agg(error),
               array_agg(response_status), array_agg(attempt_number)
        """;

    /// <summary>The entries of the row that the reader is at.</summary>
    public static IEnumerable<StatisticsEntry> Read(NpgsqlDataReader reader)
    {
        var organizations = reader.GetFieldValue<Guid[]>(0);
        var webhooks = reader.GetFieldValue<Guid[]>(1);
        var events = reader.GetFieldValue<string[]>(2);
        var outcomes = reader.GetFieldValue<string[]>(3);
        var at = reader.GetFieldValue<DateTimeOffset>(4);
        var created = Column<DateTimeOffset[]>(5);
        var errors = Column<string?[]>(6);
        var statuses = Column<int?[]>(7);
        var numbers = Column<int[]>(8);
        var attempted = Column<DateTimeOffset?[]>(9);
        var durations = Column<int?[]>(10);
        for (var entry = 0; entry < organizations.Length; entry++)
        {
            yield return new StatisticsEntry(
                organizations[entry],
                webhooks[entry],
                events[entry],
                outcomes[entry],
                created?[entry] ?? at,
                StatisticsEntry.ErrorOf(errors?[entry], statuses?[entry]),
                numbers?[entry] ?? 0,
                attempted?[entry],
                durations?[entry] ?? 0);
        }

        T? Column<T>(int column)
            where T : class => reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);
    }
}
