using Webhooks.Core;

namespace Webhooks.Server.Commands;

/// <summary>
/// The descriptors that this process may have open, and for what. Who connects must never take those that deliveries, the database and the
/// runtime need: a process without any left fails wherever it opens something, also the files of its own code.
/// </summary>
/// <param name="Limit">How many there may be.</param>
/// <param name="Database">Connections to the database.</param>
/// <param name="Attempts">Attempts under way at once.</param>
/// <param name="Clients">Connections to this server at once.</param>
internal sealed record DescriptorBudget(int Limit, int Database, int Attempts, int Clients)
{
    /// <summary>The files of its own code (.NET keeps each open), standard streams, the queue, the telemetry, the key vault, name
    /// resolution.</summary>
    private const int Own = 350;

    /// <summary>An attempt's connection, and one that is kept to a receiver that has no attempt now.</summary>
    private const int PerAttempt = 2;

    /// <summary>What there is at least beside <see cref="Own"/>.</summary>
    private const int Least = 60;

    /// <summary>Connections to the database that there are at least: the engine needs some for good.</summary>
    private const int LeastDatabase = 12;

    /// <summary>Clients that there are before all else gets what it may have.</summary>
    private const int FewClients = 256;

    /// <summary>The descriptors with which nothing has to be less than it is set to.</summary>
    public static int Needed(int database, int attempts) => Own + database + (PerAttempt * attempts) + FewClients;

    /// <summary>Divides the descriptors. Where they are few, there is less of everything.</summary>
    /// <param name="limit">How many there may be.</param>
    /// <param name="database">Connections to the database, at most.</param>
    /// <param name="attempts">Attempts at once, at most.</param>
    /// <exception cref="InvalidSettingException">There are too few to serve at all.</exception>
    public static DescriptorBudget Of(int limit, int database, int attempts)
    {
        var left = limit - Own;
        if (left < Least)
        {
            throw new InvalidSettingException(
                "ulimit -n",
                $"{limit}",
                $"The server opens {Own} files for itself. With {Own + Least} it serves slowly; "
                + $"for all that is set it needs {Needed(database, attempts)}. Raise the limit.");
        }

        if (limit < Needed(database, attempts))
        {
            database = Math.Min(database, Math.Max(LeastDatabase, left / 4));
            attempts = Math.Min(attempts, (left - database) * 2 / 3 / PerAttempt);
        }

        return new DescriptorBudget(limit, database, attempts, left - database - (PerAttempt * attempts));
    }
}
