namespace Webhooks.Testing;

/// <summary>A database, keys and settings, on which one or more server processes run.</summary>
public sealed class Installation : IAsyncDisposable
{
    private readonly TemporaryDirectory _keys = new();
    private readonly IAsyncDisposable _database;
    private readonly Dictionary<string, string> _settings;
    private readonly List<ServerProcess> _servers = [];
    private AzuriteServer? _storage;

    private Installation(IAsyncDisposable database, string connectionString, IReadOnlyDictionary<string, string> settings)
    {
        _database = database;
        ConnectionString = connectionString;
        _settings = new Dictionary<string, string>(settings);
        _settings.TryAdd("ConnectionStrings__Webhooks", connectionString);
    }

    /// <summary>The test's connection to the database; the servers', too, unless the settings have another.</summary>
    public string ConnectionString { get; }

    /// <summary>The organization that the test acts for.</summary>
    public Guid Organization { get; } = Guid.NewGuid();

    /// <summary>What each server that was started on it has written so far.</summary>
    public IEnumerable<string> Logs => _servers.Select(server => server.Log);

    /// <summary>Prepares an installation on a database of its own.</summary>
    /// <param name="settings">By their names in the environment.</param>
    public static async Task<Installation> CreateAsync(IReadOnlyDictionary<string, string> settings)
    {
        var database = await TestDatabase.CreateMigratedAsync();
        return new Installation(database, database.ConnectionString, settings);
    }

    /// <summary>Prepares an installation on a PostgreSQL server of its own, which ends with it.</summary>
    public static Installation On(PostgresServer server, IReadOnlyDictionary<string, string> settings) =>
        new(server, server.ConnectionString, settings);

    /// <summary>Starts a server on it; it ends with the installation, if not before.</summary>
    /// <param name="build">The directory of another build of the server; null for the one that was built with the tests.</param>
    public async Task<ServerProcess> StartServerAsync(string? build = null)
    {
        if (TestedHost.IsFunctions)
        {
            _settings["AzureWebJobsStorage"] = await StorageAsync();
        }

        var server = await ServerProcess.StartAsync(_keys, _settings, build: build);
        _servers.Add(server);
        return server;
    }

    /// <summary>The API of a server, as the organization uses it.</summary>
    public WebhooksApi Api(ServerProcess server) => new(server.CreateClient(Organization));

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        if (_storage is not null)
        {
            await _storage.DisposeAsync();
        }

        await _database.DisposeAsync();
        _keys.Dispose();
    }

    /// <summary>The test's own storage account where it has one.</summary>
    private async Task<string> StorageAsync() =>
        _settings.TryGetValue("ConnectionStrings__Queues", out var tests)
            ? tests
            : (_storage ??= await AzuriteServer.StartAsync()).ConnectionString;
}
