using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Health;

/// <summary>
/// The part of the statement that records results which keeps the health of their webhooks, and disables those that are to be.
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
    /// CTEs that follow one named <c>recorded</c>, which has the webhook of each result that was recorded and <see cref="Columns"/>. They
    /// end in <c>change</c>, with what <see cref="Read"/> reads.
    /// </summary>
    /// <remarks>
    /// <para>
    /// A receiver has to have failed at three moments, each a tenth of the whole time after the one before, so that no single jump of a
    /// clock, however far, disables a webhook.
    /// </para>
    /// <para>
    /// The circuit opens by faults and closes by any other answer, but neither by what was claimed before it last opened. Of the pauses by
    /// the circuit and by what the receiver asked for, the later end counts.
    /// </para>
    /// <para>
    /// Rows are locked in the order of their ids. What is decided is decided by the rows as they are then, so that of two statements at
    /// once one makes a change.
    /// </para>
    /// </remarks>
    public const string Sql = """
        mark AS (
            SELECT health.webhook_id, bool_or(recorded.healthy) AS succeeded, bool_or(NOT recorded.healthy) AS failed,
                   count(*) FILTER (WHERE recorded.in_streak)::int AS failures, max(recorded.disables) AS disables,
                   min(recorded.claimed_at) AS claimed_at,
                   max(recorded.claimed_at) FILTER (WHERE NOT recorded.faulty) AS answer_claimed_at,
                   max(recorded.claimed_at) FILTER (WHERE recorded.faulty) AS fault_claimed_at,
                   count(*) FILTER (WHERE recorded.in_fault_streak)::int AS faults, max(recorded.pause) AS pause
            FROM recorded JOIN webhook_health AS health ON health.webhook_id = recorded.webhook_id
            WHERE recorded.healthy IS NOT NULL AND recorded.claimed_at >= health.reset_at
            GROUP BY health.webhook_id
            HAVING bool_or(NOT recorded.healthy) OR max(recorded.disables) IS NOT NULL OR health.consecutive_failures > 0
                OR health.openings > 0 OR health.last_success_at IS NULL OR health.last_success_at < now() - @success_precision
        ), known AS (
            SELECT mark.webhook_id, mark.succeeded, mark.failed, mark.failures, mark.disables,
                   health.consecutive_failures, health.failing_since, health.failing_confirmed_at,
                   health.receiver_faults, health.openings, health.opened_at, health.paused_until, health.paused_by, health.probing,
                   coalesce(mark.answer_claimed_at >= health.opened_at, false) AS answered,
                   CASE WHEN mark.fault_claimed_at >= health.opened_at THEN mark.faults ELSE 0 END AS faults,
                   now() + mark.pause AS asked_until
            FROM mark JOIN webhook_health AS health ON health.webhook_id = mark.webhook_id
            WHERE mark.claimed_at >= health.reset_at
            ORDER BY health.webhook_id
            FOR NO KEY UPDATE OF health
        ), judged AS (
            SELECT webhook_id, succeeded, failed, consecutive_failures AS failures_before,
                   CASE WHEN succeeded THEN failures ELSE consecutive_failures + failures END AS failures,
                   CASE WHEN succeeded AND failures = 0 THEN NULL
                        WHEN succeeded OR failing_since IS NULL THEN now()
                        ELSE least(failing_since, now()) END AS failing_since,
                   CASE WHEN succeeded THEN NULL
                        WHEN failing_confirmed_at IS NOT NULL THEN least(failing_confirmed_at, now())
                        WHEN now() - failing_since >= @disable_after / 10 THEN now() END AS failing_confirmed_at,
                   CASE WHEN disables IS NOT NULL THEN disables
                        WHEN NOT succeeded AND now() - failing_since >= @disable_after
                            AND now() - failing_confirmed_at >= @disable_after / 10 THEN 'failing' END AS disables,
                   CASE WHEN answered THEN faults ELSE receiver_faults + faults END AS receiver_faults,
                   openings AS openings_before,
                   CASE WHEN openings > 0 THEN CASE WHEN answered THEN 0 WHEN probing AND faults > 0 THEN openings + 1 ELSE openings END
                        WHEN CASE WHEN answered THEN faults ELSE receiver_faults + faults END >= @opens_after THEN 1
                        ELSE 0 END AS openings,
                   opened_at, paused_until, paused_by, probing, asked_until
            FROM known
        ), circuit AS (
            SELECT *, openings > openings_before AS opens, openings = 0 AND openings_before > 0 AS closes,
                   CASE WHEN openings > openings_before
                        THEN now() + least(@first_pause * 2 ^ least(openings - 1, 20), @longest_pause) * (1 + random() / 4)
                        END AS opened_until
            FROM judged
        ), pausing AS (
            SELECT *, greatest(
                       CASE WHEN NOT (paused_by = 'circuit' AND (closes OR opens)) AND (paused_until > now() OR openings > 0)
                            THEN paused_until END,
                       opened_until,
                       asked_until) AS pauses_until
            FROM circuit
        ), kept AS (
            UPDATE webhook_health AS health SET
                consecutive_failures = judged.failures,
                failing_since = judged.failing_since,
                failing_confirmed_at = judged.failing_confirmed_at,
                last_success_at = CASE WHEN judged.succeeded THEN now() ELSE health.last_success_at END,
                last_failure_at = CASE WHEN judged.failed THEN now() ELSE health.last_failure_at END,
                receiver_faults = judged.receiver_faults,
                openings = judged.openings,
                opened_at = CASE WHEN judged.opens THEN now() ELSE judged.opened_at END,
                paused_until = judged.pauses_until,
                paused_by = CASE WHEN judged.pauses_until IS NULL THEN NULL
                                 WHEN judged.pauses_until = judged.asked_until THEN 'retry_after'
                                 WHEN judged.pauses_until = judged.opened_until THEN 'circuit'
                                 ELSE judged.paused_by END,
                probing = judged.probing AND NOT (judged.opens OR judged.closes)
            FROM pausing AS judged WHERE health.webhook_id = judged.webhook_id
            RETURNING judged.*, health.paused_by AS pauses_by
        ), disabled AS (
            UPDATE webhooks SET active = false, disabled_at = now(), disabled_reason = kept.disables, updated_at = now()
            FROM kept
            WHERE webhooks.id = kept.webhook_id AND kept.disables IS NOT NULL AND webhooks.active AND webhooks.deleted_at IS NULL
            RETURNING webhooks.id, webhooks.disabled_reason
        ), change AS (
            SELECT webhook_id, 'failing' AS kind, failures, failing_since, NULL::text AS reason, NULL::interval AS time FROM kept
            WHERE failures_before < @failing_from AND failures >= @failing_from
            UNION ALL
            SELECT webhook_id, 'recovered', NULL, NULL, NULL, NULL FROM kept
            WHERE failures_before >= @failing_from AND failures < @failing_from
            UNION ALL
            SELECT webhook_id, 'paused', openings, NULL, pauses_by, pauses_until - now() FROM kept
            WHERE opens OR (asked_until IS NOT NULL AND (paused_until IS NULL OR paused_until <= now()))
            UNION ALL
            SELECT webhook_id, 'resumed', NULL, NULL, NULL, NULL FROM kept WHERE closes AND pauses_until IS NULL
            UNION ALL
            SELECT id, 'disabled', NULL, NULL, disabled_reason, NULL FROM disabled
        )
        """;

    /// <summary>The columns of <c>change</c>, in the order in which <see cref="Read"/> reads them.</summary>
    public const string ChangeColumns = 
        "change.webhook_id, change.kind, change.failures, change.failing_since, change.reason, change.time";

    /// <summary>The same columns where there is no change.</summary>
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
    /// <param name="first">The place of the first of <see cref="ChangeColumns"/>.</param>
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
