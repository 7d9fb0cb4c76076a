using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Webhooks.Core;
using Webhooks.Core.Postgres;

namespace Webhooks.Testing;

/// <summary>A database of its own for one test or test class, on a real PostgreSQL server.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> _template = new(MakeTemplateAsync);

    private readonly string _serverConnectionString;
    private readonly string _name;

    private TestDatabase(string serverConnectionString, string name)
    {
        _serverConnectionString = serverConnectionString;
        _name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(serverConnectionString)
        {
            Database = name,

            // As in production: what is left in a session stays there.
            NoResetOnClose = true,

            // A test may take the string from the data source, which otherwise leaves the password out.
            PersistSecurityInfo = true,
        }.ConnectionString;
        DataSource = NpgsqlDataSource.Create(ConnectionString);
    }

    public string ConnectionString { get; }

    public NpgsqlDataSource DataSource { get; }

    /// <summary>Makes an empty database; migrate it with <c>Migrator</c>.</summary>
    public static Task<TestDatabase> CreateAsync() => CreateAsync(options: "");

    /// <summary>
    /// Makes a database with the newest schema: a copy of one that this process has migrated, which is made sooner, and of its files, which
    /// takes a third of the processor time that copying through the write-ahead log does.
    /// </summary>
    public static async Task<TestDatabase> CreateMigratedAsync()
    {
        var database = await CreateAsync($"TEMPLATE {await _template.Value} STRATEGY file_copy");

        // As its migrations do: settings are the database's and not in the copy.
        await ExecuteAsync(database._serverConnectionString, $"ALTER ROLE CURRENT_USER IN DATABASE {database._name} SET jit = off");
        return database;
    }

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await ExecuteAsync(_serverConnectionString, $"DROP DATABASE {_name} WITH (FORCE)");
    }

    /// <returns>The name of a migrated database, which nobody can connect to: copies are made of it until the server stops.</returns>
    private static async Task<string> MakeTemplateAsync()
    {
        var template = await CreateAsync();
        await using (var source = template.DataSource)
        {
            var partitions = new PartitionMaintenance(
                source, new WebhooksOptions(), TimeProvider.System, NullLogger<PartitionMaintenance>.Instance);
            await new Migrator(source, partitions, NullLogger<Migrator>.Instance).MigrateAsync(CancellationToken.None);
        }

        await ExecuteAsync(template._serverConnectionString, $"ALTER DATABASE {template._name} ALLOW_CONNECTIONS false");
        return template._name;
    }

    private static async Task<TestDatabase> CreateAsync(string options)
    {
        var server = await SharedServices.PostgresAsync();
        var name = $"test_{Guid.NewGuid():N}";
        await ExecuteAsync(server, $"CREATE DATABASE {name} {options}");
        return new TestDatabase(server, name);
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
