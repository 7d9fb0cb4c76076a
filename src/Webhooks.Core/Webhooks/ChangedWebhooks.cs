using Npgsql;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Webhooks;

/// <summary>
/// The webhooks that were changed of late: by anybody who set something, or because the overlap of a rotation ended. What was claimed
/// before has their old URL and secrets.
/// </summary>
public sealed class ChangedWebhooks(NpgsqlDataSource database)
{
    /// <summary>The changes of the last time, by the database's clock; several of a webhook, too.</summary>
    /// <param name="within">How long ago they may be.</param>
    public async Task<IReadOnlyCollection<(Guid WebhookId, DateTimeOffset At)>> FindAsync(
        TimeSpan within, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT id, updated_at FROM webhooks WHERE updated_at > now() - @within AND updated_at > created_at
            UNION ALL
            SELECT id, previous_secret_expires_at FROM webhooks
            WHERE previous_secret IS NOT NULL AND previous_secret_expires_at > now() - @within AND previous_secret_expires_at <= now()
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("within", within);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadRowsAsync(row => (row.GetGuid(0), row.GetFieldValue<DateTimeOffset>(1)), cancellationToken);
    }
}
