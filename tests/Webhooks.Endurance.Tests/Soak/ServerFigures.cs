using Npgsql;

namespace Webhooks.Endurance.Tests.Soak;

/// <summary>What a server holds.</summary>
/// <param name="Handles">Open files and sockets.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Connections">Connections to the database.</param>
internal sealed record ServerFigures(int Handles, long Threads, long Connections)
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    /// <summary>Reads them.</summary>
    /// <param name="process">The server.</param>
    /// <param name="database">Where its connections are seen.</param>
    public static async Task<ServerFigures> ReadAsync(int process, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        // The application's name is the server's own.
        await using var command = database.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'webhooks'");
        var connections = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        return new ServerFigures(ProcessFigures.Handles(process), ProcessFigures.Threads(process), connections);
    }

    /// <summary>Waits until a server without work has let go what it keeps for a while only.</summary>
    public static async Task<ServerFigures> SettleAsync(int process, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        const int SecondsUnchanged = 5;
        var least = await ReadAsync(process, database, cancellationToken);
        for (var unchanged = 0; unchanged < SecondsUnchanged; unchanged++)
        {
            await Task.Delay(_interval, cancellationToken);
            var next = least.Least(await ReadAsync(process, database, cancellationToken));
            if (next != least)
            {
                least = next;
                unchanged = -1;
            }
        }

        return least;
    }

    /// <summary>Whether there is no more than in other figures, but for a few.</summary>
    public bool AreWithin(ServerFigures other, int few) =>
        Handles <= other.Handles + few && Threads <= other.Threads + few && Connections <= other.Connections + few;

    private ServerFigures Least(ServerFigures other) =>
        new(Math.Min(Handles, other.Handles), Math.Min(Threads, other.Threads), Math.Min(Connections, other.Connections));
}
