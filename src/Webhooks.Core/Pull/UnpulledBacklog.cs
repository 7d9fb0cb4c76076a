using Npgsql;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Pull;

/// <summary>The deliveries of webhooks that are posted to from now on, which wait to be pulled: they are made due.</summary>
/// <remarks>
/// What is pulled as the mode changes, or stored by a statement that began before, waits to be pulled all the same. So the webhook is noted
/// (<c>pulled_until</c>) until nothing of that can be left.
/// </remarks>
public sealed class UnpulledBacklog(NpgsqlDataSource database, DeliveryAnnouncement announcement, IDeliveryDispatch dispatch)
{
    private const int MostPerStatement = 1000;

    /// <summary>After this, leases from before have ended, and so have statements.</summary>
    private static readonly TimeSpan _settled = PullLease.Time + TimeSpan.FromMinutes(3);

    /// <summary>Makes due what waits of one webhook.</summary>
    public async Task ReleaseAsync(Guid webhookId, CancellationToken cancellationToken)
    {
        int released;
        do
        {
            var deliveries = await ConflictRetry.RunAsync(cancel => ReleaseSomeAsync(webhookId, cancel), cancellationToken);
            released = deliveries.Count;
            if (released > 0)
            {
                await announcement.NotifyAsync();
                await dispatch.DispatchAsync(deliveries, cancellationToken);
            }
        }
        while (released == MostPerStatement);
    }

    /// <summary>Makes due what was left of all webhooks whose mode was changed a while ago.</summary>
    public async Task ReleaseLeftAsync(CancellationToken cancellationToken)
    {
        const string Find = "SELECT id FROM webhooks WHERE pulled_until < now() - $1";
        const string Forget = """
            UPDATE webhooks SET pulled_until = NULL
            WHERE id = $1 AND pulled_until < now() - $2 AND NOT EXISTS (SELECT FROM pull_leases WHERE webhook_id = $1)
            """;
        await using var find = database.CreateCommand(Find);
        find.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = _settled });
        foreach (var webhook in await ReadIdsAsync(find, cancellationToken))
        {
            await ReleaseAsync(webhook, cancellationToken);
            await using var forget = database.CreateCommand(Forget);
            forget.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = webhook });
            forget.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = _settled });
            await forget.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private async Task<IReadOnlyList<Guid>> ReleaseSomeAsync(Guid webhookId, CancellationToken cancellationToken)
    {
        // Whoever makes it one that is pulled from again waits for this.
        const string Sql = """
            WITH webhook AS MATERIALIZED (
                SELECT id FROM webhooks WHERE id = $1 AND mode = 'push' FOR SHARE
            ), waiting AS (
                SELECT id FROM webhook_deliveries
                WHERE webhook_id = $1 AND status = 'pending' AND lease_until = 'infinity' AND lease_token IS NULL
                  AND EXISTS (SELECT FROM webhook)
                ORDER BY id
                LIMIT $2
                FOR UPDATE
            )
            UPDATE webhook_deliveries SET lease_until = NULL WHERE id = ANY (ARRAY (SELECT id FROM waiting)) RETURNING id
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = webhookId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = MostPerStatement });
        return await ReadIdsAsync(command, cancellationToken);
    }

    private static async Task<IReadOnlyList<Guid>> ReadIdsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadRowsAsync(row => row.GetGuid(0), cancellationToken);
    }
}
