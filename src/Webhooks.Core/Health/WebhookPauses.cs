using Npgsql;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Health;

/// <summary>
/// The pauses of webhooks whose receivers ask for time or do not answer. They begin and end with the recording of attempts; times are the
/// database's.
/// </summary>
public sealed class WebhookPauses(NpgsqlDataSource database)
{
    /// <summary>
    /// The changes to a row of <c>webhook_health</c> that make it the caller's to make one attempt: a lease. If its result is not recorded
    /// within that time, the next one may. What follows <c>SET</c>, and <see cref="MayProbe"/> as the condition.
    /// </summary>
    internal const string Probe = "paused_until = now() + @lease, paused_by = 'circuit', probing = true";

    /// <summary>The condition that the pause has ended and nobody is making the one attempt.</summary>
    internal const string MayProbe = "openings > 0 AND paused_until <= now()";

    /// <summary>All webhooks that are paused now, or wait for a probe. They are few, and have an index of their own.</summary>
    public async Task<IReadOnlyCollection<WebhookPause>> FindAsync(CancellationToken cancellationToken)
    {
        const string Sql = $"SELECT webhook_id, paused_until - now(), openings > 0 FROM webhook_health WHERE {HoldColumns.IsPaused}";
        await using var command = database.CreateCommand(Sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadRowsAsync(
            row => new WebhookPause(row.GetGuid(0), row.GetTimeSpan(1), row.GetBoolean(2)), cancellationToken);
    }

    /// <summary>Asks for the one attempt that finds out whether a receiver answers again; of all who ask, one may make it.</summary>
    /// <param name="webhookId">The webhook.</param>
    /// <param name="lease">The time that the attempt has; longer than it and its recording can take.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <returns>Null when the attempt may be made, because it is the one, or because the circuit is closed; else the pause.</returns>
    public async Task<WebhookPause?> TryProbeAsync(Guid webhookId, TimeSpan lease, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            WITH probe AS (
                UPDATE webhook_health SET {Probe} WHERE webhook_id = @id AND {MayProbe} RETURNING webhook_id
            )
            SELECT paused_until - now(), openings > 0 FROM webhook_health
            WHERE webhook_id = @id AND {HoldColumns.IsPaused} AND NOT EXISTS (SELECT FROM probe)
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("id", webhookId);
        command.Parameters.AddWithValue("lease", lease);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new WebhookPause(webhookId, reader.GetTimeSpan(0), reader.GetBoolean(1))
            : null;
    }
}
