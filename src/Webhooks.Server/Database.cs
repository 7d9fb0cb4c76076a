using System.Net.Sockets;
using Npgsql;
using Webhooks.Core.Postgres;

namespace Webhooks.Server;

/// <summary>The database as the process needs it: up to date, or else refused in one line that says why it cannot be used.</summary>
internal static class Database
{
    /// <summary>Brings the schema up to date.</summary>
    /// <returns>The names of the migrations that were applied.</returns>
    /// <exception cref="DatabaseUnavailableException">The database cannot be used.</exception>
    public static async Task<IReadOnlyList<string>> MigrateAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await CheckAsync(services.GetRequiredService<NpgsqlDataSource>(), cancellationToken);
        try
        {
            return await services.GetRequiredService<Migrator>().MigrateAsync(cancellationToken);
        }
        catch (InvalidOperationException unsuitable)
        {
            throw new DatabaseUnavailableException(unsuitable.Message, unsuitable);
        }
    }

    /// <summary>Opens one connection, to know at once whether the database can be used.</summary>
    private static async Task CheckAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is NpgsqlException or SocketException or TimeoutException)
        {
            throw new DatabaseUnavailableException(Explain(new NpgsqlConnectionStringBuilder(database.ConnectionString), failure), failure);
        }
    }

    private static string Explain(NpgsqlConnectionStringBuilder target, Exception failure)
    {
        var server = $"PostgreSQL at {target.Host}:{target.Port}";
        return failure switch
        {
            PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
                $"{server} has no database '{target.Database}'. "
                + $"Create it (createdb {target.Database}), or correct ConnectionStrings__Webhooks.",
            PostgresException refusal =>
                $"{server} refused user '{target.Username}': {refusal.MessageText.TrimEnd('.')}. Correct ConnectionStrings__Webhooks.",
            _ =>
                $"{server} cannot be reached: {(failure.InnerException ?? failure).Message.TrimEnd('.')}. "
                + "Start it, or correct ConnectionStrings__Webhooks.",
        };
    }
}
