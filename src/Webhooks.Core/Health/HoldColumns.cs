using Npgsql;

namespace Webhooks.Core.Health;

/// <summary>What holds a delivery, as two columns of a statement that reads <c>webhook_deliveries</c>.</summary>
internal static class HoldColumns
{
    /// <summary>The condition that nothing but a probe is attempted, of a row of <c>webhook_health</c>.</summary>
    public const string IsPaused = "paused_until IS NOT NULL AND (paused_until > now() OR openings > 0)";

    /// <summary>
    /// The two columns. A delivery whose own time has not come by the end of the pause is not held, nor is one that is being attempted.
    /// </summary>
    public const string Sql = $"""
        CASE WHEN {IsToBePulled} THEN '{Hold.Pull}' WHEN {MayBeHeld} THEN (SELECT paused_by {FromPause}) END AS held_by,
        CASE WHEN {MayBeHeld} THEN (SELECT CASE WHEN paused_until > now() THEN paused_until END {FromPause}) END AS held_until
        """;

    private const string IsToBePulled =
        "status = 'pending' AND lease_until = 'infinity' AND lease_token IS NULL AND next_attempt_at <= now()";

    private const string MayBeHeld = "status = 'pending' AND NOT test AND (lease_token IS NULL OR lease_until <= now()) "
        + "AND lease_until IS DISTINCT FROM 'infinity'";

    private const string FromPause = $"""
        FROM (
            SELECT webhook_id AS paused_id, paused_by, paused_until FROM webhook_health WHERE {IsPaused}
        ) AS pause
        WHERE paused_id = webhook_id AND next_attempt_at <= greatest(paused_until, now())
        """;

    /// <summary>What holds the delivery in the row that a reader is at; null when nothing does.</summary>
    public static Hold? Read(NpgsqlDataReader reader, int first) => reader.IsDBNull(first)
        ? null
        : new Hold(reader.GetString(first), reader.IsDBNull(first + 1) ? null : reader.GetFieldValue<DateTimeOffset>(first + 1));
}
