using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Health;

/// <summary>
/// The part of the statement that records results which keeps the health of their webhooks, and disables or pauses those that are to be.
/// </summary>
/// <remarks>
/// <para>Most results change nothing: a healthy receiver answered once more. For these no row is locked, nor written to.</para>
/// <para>
/// Only what was recorded counts, so a statement that is repeated counts nothing twice. Times are the database's, and neither they nor
/// those of servers say in which order results came: their places in the statement do.
/// </para>
/// </remarks>
internal static class HealthRecording
{
    /// <summary>What a result gives to it, as parameters of a set.</summary>
    public const string Parameters = "@healthy, @in_streak, @disables, @claimed_at, @faulty, @in_fault_streak, @pause";

    /// <summary>The names of what <see cref="Parameters"/> are.</summary>
    public const string Columns = "healthy, in_streak, disables, claimed_at, faulty, in_fault_streak, pause";

    /// <summary>
    /// The rows that follow those of a CTE named <c>recorded</c>, which has the webhook of each result that was recorded and <see
    /// cref="Columns"/>: what changed, as <see cref="Read"/> reads it. The function has the rules (migration <c>0016_health_function</c>);
    /// it is a function so that they are not planned for each statement.
    /// </summary>
    public const string Changes = """
        SELECT NULL, change.webhook_id, change.kind, change.failures, change.failing_since, change.reason, change.time
        FROM (
            SELECT array_agg(webhook_id) AS webhook_ids, array_agg(healthy) AS healthy, array_agg(in_streak) AS in_streak,
                   array_agg(disables) AS disables, array_agg(claimed_at) AS claimed_at, array_agg(faulty) AS faulty,
                   array_agg(in_fault_streak) AS in_fault_streak, array_agg(pause) AS pause
            FROM recorded
        ) AS result
        CROSS JOIN LATERAL webhook_record_health(
            webhook_ids, healthy, in_streak, disables, claimed_at, faulty, in_fault_streak, pause,
            @success_precision, @disable_after, @failing_from, @opens_after, @first_pause, @longest_pause) AS change
        """;

    /// <summary>The columns of <see cref="Changes"/> after the first, where there is no change.</summary>
    public const string NoChange = "NULL::uuid, NULL::text, NULL::int, NULL::timestamptz, NULL::text, NULL::interval";

    /// <summary>How old a webhook's last success may be shown, as long as it has one.</summary>
    private static readonly TimeSpan _successPrecision = TimeSpan.FromSeconds(5);

    /// <summary>Adds the parameters.</summary>
    /// <param name="parameters">Those of the statement.</param>
    /// <param name="results">What it records, in the order of its sets.</param>
    /// <param name="options">When a webhook is disabled or paused.</param>
    public static void AddParameters(
        NpgsqlParameterCollection parameters, IReadOnlyList<DeliveryResult> results, WebhooksOptions options)
    {
        var marks = HealthMark.Of(results);
        parameters.AddWithValue(
            "healthy", NpgsqlDbType.Array | NpgsqlDbType.Boolean, Array.ConvertAll(marks, mark => mark.Succeeded));
        parameters.AddWithValue("in_streak", Array.ConvertAll(marks, mark => mark.InStreak));
        parameters.AddWithValue("disables", Array.ConvertAll(marks, mark => mark.Disables));
        parameters.AddWithValue("claimed_at", results.Select(result => result.Delivery.ClaimedAt).ToArray());
        parameters.AddWithValue("success_precision", _successPrecision);
        parameters.AddWithValue("failing_from", WebhookHealth.FailingFrom);
        parameters.Add(NullableParameter.Create("disable_after", NpgsqlDbType.Interval, options.DisableAfter));
        parameters.AddWithValue("faulty", Array.ConvertAll(marks, mark => mark.Faulty));
        parameters.AddWithValue("in_fault_streak", Array.ConvertAll(marks, mark => mark.InFaultStreak));
        parameters.AddWithValue("pause", NpgsqlDbType.Array | NpgsqlDbType.Interval, Array.ConvertAll(marks, mark => mark.Pause));
        parameters.AddWithValue("opens_after", options.CircuitOpensAfter ?? int.MaxValue);
        parameters.AddWithValue("first_pause", options.FirstCircuitPause);
        parameters.AddWithValue("longest_pause", options.LongestCircuitPause);
    }

    /// <summary>The change in the row that the reader is at.</summary>
    /// <param name="reader">The result.</param>
    /// <param name="first">The place of the first of <see cref="Changes"/>'s columns after that of the recorded delivery.</param>
    public static HealthChange Read(NpgsqlDataReader reader, int first)
    {
        var webhookId = reader.GetGuid(first);
        return reader.GetString(first + 1) switch
        {
            "failing" => new HealthChange.Failing(
                webhookId, reader.GetInt32(first + 2), reader.GetFieldValue<DateTimeOffset>(first + 3)),
            "paused" => new HealthChange.Paused(
                webhookId, reader.GetString(first + 4), reader.GetTimeSpan(first + 5), NeedsProbe: reader.GetInt32(first + 2) > 0),
            "resumed" => new HealthChange.Resumed(webhookId),
            "recovered" => new HealthChange.Recovered(webhookId),
            "disabled" => new HealthChange.Disabled(webhookId, reader.GetString(first + 4)),
            var kind => throw new InvalidOperationException($"No change is known for {kind}."),
        };
    }
}
