using Npgsql;

namespace Webhooks.Endurance.Tests.Backlog;

/// <summary>
/// A database with deliveries that have been due for up to an hour, as there would be after an outage, which counts what became of them.
/// </summary>
internal sealed class BacklogDatabase(string connectionString) : IAsyncDisposable
{
    private const int RowsPerStatement = 20_000;

    private static readonly TimeSpan _dueSince = TimeSpan.FromHours(1);

    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(connectionString);

    /// <summary>Inserts pending deliveries of <c>user.created</c>, the next to the next of some webhooks.</summary>
    public async Task InsertAsync(IReadOnlyList<Guid> webhooks, int deliveries, CancellationToken cancellationToken)
    {
        const string Sql = """
            INSERT INTO webhook_deliveries (id, webhook_id, org_id, event, event_id, payload, next_attempt_at)
            SELECT webhook_delivery_id(event.id, webhooks.id), webhooks.id, webhooks.org_id, 'user.created', event.id,
                   webhook_payload('user.created', '2026-01-01T00:00:00Z', jsonb_build_object('text', repeat('x', 500)), webhooks.id),
                   now() - event.due_since
            FROM unnest($1, $2, $3) AS event (id, webhook_id, due_since) JOIN webhooks ON webhooks.id = event.webhook_id
            """;
        foreach (var numbers in Enumerable.Range(0, deliveries).Chunk(RowsPerStatement))
        {
            await using var command = _database.CreateCommand(Sql);
            command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. numbers.Select(_ => Guid.CreateVersion7())] });
            command.Parameters.Add(
                new NpgsqlParameter<Guid[]> { TypedValue = [.. numbers.Select(number => webhooks[number % webhooks.Count])] });
            TimeSpan[] ages = [.. numbers.Select(number => _dueSince * (1 - ((double)number / deliveries)))];
            command.Parameters.Add(new NpgsqlParameter<TimeSpan[]> { TypedValue = ages });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>The number of deliveries that fulfill a condition in SQL.</summary>
    public async Task<long> CountAsync(string condition, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand($"SELECT count(*) FROM webhook_deliveries WHERE {condition}");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
