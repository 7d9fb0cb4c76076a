using Npgsql;

namespace Webhooks.Testing;

/// <summary>A lock in the database that is held until this is disposed of, so that a test knows in which statement others wait.</summary>
public sealed class HeldLock : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database;
    private readonly NpgsqlConnection _holder;

    private HeldLock(NpgsqlDataSource database, NpgsqlConnection holder) => (_database, _holder) = (database, holder);

    /// <summary>Takes it.</summary>
    /// <param name="database">The database, for a user who may end others' sessions.</param>
    /// <param name="sql">The statement that takes it.</param>
    /// <param name="cancellationToken">Ends the wait for it.</param>
    public static async Task<HeldLock> TakeAsync(NpgsqlDataSource database, string sql, CancellationToken cancellationToken)
    {
        var holder = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"BEGIN; {sql}", holder);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new HeldLock(database, holder);
    }

    /// <summary>Waits until another session waits for it.</summary>
    public Task WaitUntilSomebodyWaitsAsync(CancellationToken cancellationToken) => Eventually.HoldsAsync(
        async () => await CountAsync("pid", cancellationToken) > 0, () => "No session waits for the lock.", cancellationToken);

    /// <summary>Ends the sessions that wait for it, and with them what they have not committed.</summary>
    public Task EndWaitingSessionsAsync(CancellationToken cancellationToken) => CountAsync("pg_terminate_backend(pid)", cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await using var command = new NpgsqlCommand("COMMIT", _holder);
        await command.ExecuteNonQueryAsync();
        await _holder.DisposeAsync();
    }

    private async Task<long> CountAsync(string ofEach, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(
            $"SELECT count({ofEach}) FROM pg_stat_activity WHERE {_holder.ProcessID} = ANY (pg_blocking_pids(pid))");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
