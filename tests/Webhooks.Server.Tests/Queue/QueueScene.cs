using Azure.Storage.Queues;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Webhooks.Core;
using Webhooks.Core.Postgres;
using Webhooks.Core.Secrets;
using Webhooks.Core.Webhooks;
using Webhooks.Server.Queue;
using Webhooks.Server.Tests.Engine;
using Webhooks.Testing;

namespace Webhooks.Server.Tests.Queue;

/// <summary>A queue and a database with one organization that has one webhook for everything, for one test.</summary>
internal sealed class QueueScene : IAsyncDisposable
{
    /// <summary>
    /// For how long a message is received that a test watches for several times as long. It is renewed after a third of that: a machine
    /// that stands still for three seconds does not lose it.
    /// </summary>
    public static readonly TimeSpan ShortVisibility = TimeSpan.FromSeconds(5);

    private readonly List<IAsyncDisposable> _ownings = [];
    private readonly List<IHost> _listeners = [];

    private QueueScene(string database, string queues, string queueName)
    {
        Database = database;
        Messages = new QueueClient(queues, queueName);
        Poison = new QueueClient(queues, $"{queueName}-poison");
        Options = new QueueListenerOptions(queues) { QueueName = queueName, PoisonQueueName = Poison.Name };
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public Guid OrgId { get; } = Guid.CreateVersion7();

    public string Database { get; }

    public QueueClient Messages { get; }

    public QueueClient Poison { get; }

    public LogLines Log { get; } = new();

    public QueueListenerOptions Options { get; set; }

    /// <summary>On the database and the queue service that all tests share, or on a server of the test's own.</summary>
    public static async Task<QueueScene> CreateAsync(PostgresServer? postgres = null, AzuriteServer? azurite = null)
    {
        var database = postgres is null ? await TestDatabase.CreateMigratedAsync() : null;
        var queue = azurite is null ? await TestQueue.CreateAsync() : null;
        var scene = new QueueScene(
            postgres?.ConnectionString ?? database!.ConnectionString,
            azurite?.ConnectionString ?? queue!.ConnectionString,
            queue?.Name ?? "own-events");
        scene._ownings.AddRange(((IAsyncDisposable?[])[database, queue]).OfType<IAsyncDisposable>());

        using var host = scene.Host();
        await host.Services.GetRequiredService<Migrator>().MigrateAsync(Cancel);
        await host.Services.GetRequiredService<WebhookStore>().CreateAsync(
            scene.OrgId, new NewWebhook("https://example.com/hook", ["*"], Active: true, Description: null), key: null, Cancel);
        return scene;
    }

    /// <summary>A server's services with the listener, not started.</summary>
    public IHost Host()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Logging.AddProvider(Log);
        builder.Services
            .AddSingleton(NpgsqlDataSource.Create(Database))
            .AddSingleton<IKeyRing>(new SwitchableKeyRing())
            .AddWebhooksCore(new WebhooksOptions())
            .AddQueueListener(Options);
        return builder.Build();
    }

    /// <summary>Starts a listener; it stops with the scene.</summary>
    public async Task<IHost> StartListenerAsync()
    {
        var listener = Host();
        _listeners.Add(listener);
        await listener.StartAsync(Cancel);
        return listener;
    }

    /// <summary>A valid message.</summary>
    /// <param name="fields">More fields, each with a comma before it.</param>
    /// <param name="type">The event type.</param>
    /// <param name="data">Its data.</param>
    /// <param name="organization">Whose it is; the scene's when null.</param>
    public string Message(string type = "user.created", string data = "{}", string fields = "", Guid? organization = null) =>
        $$"""{"org_id":"{{organization ?? OrgId}}","event":"{{type}}","data":{{data}}{{fields}} }""";

    public async Task PutAsync(params IEnumerable<string> messages)
    {
        await Messages.CreateIfNotExistsAsync(cancellationToken: Cancel);
        foreach (var message in messages)
        {
            await Messages.SendMessageAsync(message, Cancel);
        }
    }

    /// <summary>Waits until every message has been dealt with.</summary>
    public Task WaitUntilEmptyAsync() => DeliveryScene.WaitUntilAsync(async () => await LengthAsync(Messages) == 0);

    /// <summary>Waits until so many log lines have the text: what is done is logged only after it.</summary>
    public Task WaitForLogAsync(int count, string text) => DeliveryScene.WaitUntilAsync(() => Task.FromResult(Log.Count(text) == count));

    /// <summary>The number of deliveries that fulfill a condition in SQL.</summary>
    public async Task<long> DeliveriesAsync(string condition = "true") =>
        (long)(await ScalarAsync($"SELECT count(*) FROM webhook_deliveries WHERE {condition}"))!;

    public async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancel);
    }

    public async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(Database);
        await connection.OpenAsync(Cancel);
        return connection;
    }

    /// <summary>Makes PostgreSQL refuse events of a type with an error.</summary>
    public Task RefuseAsync(string type, string sqlState) => ScalarAsync(
        $"""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'refused: %', NEW.payload USING ERRCODE = '{sqlState}'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON webhook_deliveries FOR EACH ROW WHEN (NEW.event = '{type}') EXECUTE FUNCTION refuse();
        """);

    /// <summary>Makes another organization, with webhooks for everything.</summary>
    public async Task<Guid> AddOrganizationAsync(int webhooks)
    {
        var organization = Guid.CreateVersion7();
        await ScalarAsync(
            $"""
            INSERT INTO organizations (id) VALUES ('{organization}');
            INSERT INTO webhooks (id, org_id, url, events, secret)
            SELECT gen_random_uuid(), '{organization}', 'https://example.com/hook', ARRAY['*'], 'encrypted'
            FROM generate_series(1, {webhooks});
            """);
        return organization;
    }

    /// <summary>Makes whoever inserts deliveries of an organization wait until the result is disposed of.</summary>
    public async Task<NpgsqlConnection> HoldAsync(Guid organization)
    {
        await ScalarAsync(
            $"""
            CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_advisory_xact_lock_shared(17); RETURN NEW; END $$;
            CREATE TRIGGER hold BEFORE INSERT ON webhook_deliveries FOR EACH ROW
            WHEN (NEW.org_id = '{organization}') EXECUTE FUNCTION hold();
            """);
        var connection = await ConnectAsync();
        await using var command = new NpgsqlCommand("BEGIN; SELECT pg_advisory_xact_lock(17)", connection);
        await command.ExecuteNonQueryAsync(Cancel);
        return connection;
    }

    /// <summary>What is on the poison queue, which stays there.</summary>
    public async Task<IReadOnlyList<string>> PoisonAsync()
    {
        var messages = await Poison.PeekMessagesAsync(32, Cancel);
        return [.. messages.Value.Select(message => message.Body.ToString())];
    }

    public static async Task<int> LengthAsync(QueueClient queue)
    {
        var properties = await queue.GetPropertiesAsync(Cancel);
        return properties.Value.ApproximateMessagesCount;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners)
        {
            await listener.StopAsync(CancellationToken.None);
            await ((IAsyncDisposable)listener).DisposeAsync();
        }

        foreach (var owning in _ownings)
        {
            await owning.DisposeAsync();
        }
    }
}
