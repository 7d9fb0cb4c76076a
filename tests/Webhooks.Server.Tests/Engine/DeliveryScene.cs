using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Webhooks.Core;
using Webhooks.Core.Cancellation;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Events;
using Webhooks.Core.Postgres;
using Webhooks.Core.Redelivery;
using Webhooks.Core.Secrets;
using Webhooks.Core.Webhooks;
using Webhooks.Server.Engine;
using Webhooks.Testing;

namespace Webhooks.Server.Tests.Engine;

/// <summary>A database with webhooks and events, and engines that deliver them, for one test.</summary>
internal sealed class DeliveryScene : IAsyncDisposable
{
    /// <summary>More than enough for anything that a test waits for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly IAsyncDisposable _server;
    private readonly ServiceProvider _services;
    private readonly List<RunningEngine> _engines = [];

    private DeliveryScene(IAsyncDisposable server, string connectionString, WebhooksOptions options)
    {
        _server = server;
        ConnectionString = connectionString;
        Options = options;
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(NpgsqlDataSource.Create(connectionString))
            .AddSingleton<IKeyRing>(Keys)
            .AddWebhooksCore(options)
            .BuildServiceProvider();
    }

    public string ConnectionString { get; }

    public WebhooksOptions Options { get; }

    public SwitchableKeyRing Keys { get; } = new();

    public DeliveryStore Deliveries => _services.GetRequiredService<DeliveryStore>();

    public WebhookStore Webhooks => _services.GetRequiredService<WebhookStore>();

    public WebhookRotations Rotations => _services.GetRequiredService<WebhookRotations>();

    public Redeliveries Redeliveries => _services.GetRequiredService<Redeliveries>();

    public Cancellations Cancellations => _services.GetRequiredService<Cancellations>();

    private NpgsqlDataSource Database => _services.GetRequiredService<NpgsqlDataSource>();

    /// <summary>Makes one on a database of its own.</summary>
    /// <param name="retryDelays">By default a failed delivery is not attempted again within the test.</param>
    /// <param name="attemptTimeout">By default longer than a test takes.</param>
    /// <param name="firstCircuitPause">By default the system's.</param>
    public static async Task<DeliveryScene> CreateAsync(
        TimeSpan[]? retryDelays = null, TimeSpan? attemptTimeout = null, TimeSpan? firstCircuitPause = null)
    {
        var database = await TestDatabase.CreateMigratedAsync();
        return await CreateAsync(database, database.ConnectionString, OptionsWith(retryDelays, attemptTimeout, firstCircuitPause));
    }

    /// <summary>Makes one on a server of the test's own.</summary>
    public static Task<DeliveryScene> CreateAsync(PostgresServer server, TimeSpan attemptTimeout) =>
        CreateAsync(server, server.ConnectionString, OptionsWith(retryDelays: null, attemptTimeout, firstCircuitPause: null));

    /// <summary>Starts an engine; it ends with the scene.</summary>
    public async Task<RunningEngine> StartEngineAsync(EngineOptions? options = null, TimeProvider? clock = null)
    {
        var engine = await RunningEngine.StartAsync(
            ConnectionString, Options, options ?? new EngineOptions(), Keys, clock ?? TimeProvider.System);
        _engines.Add(engine);
        return engine;
    }

    /// <summary>Adds a webhook in an organization of its own, so that an event goes to it alone.</summary>
    public Task<Webhook> AddWebhookAsync(string url) =>
        AddWebhookAsync(new NewWebhook(url, ["user.created"], Active: true, Description: null));

    /// <summary>Adds one whose deliveries are pulled.</summary>
    public Task<Webhook> AddPulledWebhookAsync() =>
        AddWebhookAsync(new NewWebhook(Url: null, ["user.created"], Active: true, Description: null, Mode: WebhookMode.Pull));

    private async Task<Webhook> AddWebhookAsync(NewWebhook webhook)
    {
        var created = await Webhooks.CreateAsync(Guid.CreateVersion7(), webhook, key: null, Token);
        return Assert.IsType<WebhookCreation.Created>(created).Webhook;
    }

    /// <summary>Adds many webhooks at one receiver, each with a path of its own: its number, from 0.</summary>
    public async Task<IReadOnlyList<Webhook>> AddWebhooksAsync(Receiver receiver, int count)
    {
        var webhooks = new List<Webhook>();
        for (var number = 0; number < count; number++)
        {
            webhooks.Add(await AddWebhookAsync($"{receiver.Url}/{number}"));
        }

        return webhooks;
    }

    /// <summary>Publishes events to a webhook; <c>data</c> holds each one's number, from 0.</summary>
    public Task PublishAsync(Webhook webhook, int count = 1) => PublishAsync([webhook], count);

    /// <summary>Publishes as many events to each of several webhooks, in turn.</summary>
    /// <param name="webhooks">The webhooks.</param>
    /// <param name="count">The number of events for each.</param>
    /// <param name="publisher">Whose process publishes; by default one that has no engine.</param>
    public async Task PublishAsync(IReadOnlyCollection<Webhook> webhooks, int count = 1, EventPublisher? publisher = null)
    {
        publisher ??= _services.GetRequiredService<EventPublisher>();
        var messages = Enumerable.Range(0, count).SelectMany(number => webhooks.Select(webhook => Event(webhook.OrgId, number)));
        foreach (var chunk in messages.Chunk(1000))
        {
            await publisher.PublishAsync(chunk, Token);
        }
    }

    /// <summary>The number of deliveries that fulfill a condition in SQL.</summary>
    public Task<int> CountAsync(string condition) => QueryAsync<int>($"SELECT count(*)::int FROM webhook_deliveries WHERE {condition}");

    /// <summary>The only value that a query gives.</summary>
    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Token))!;
    }

    /// <summary>Forgets the scene's own connections, which a restart of the server has broken.</summary>
    public void ForgetConnections() => Database.Clear();

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Token);
    }

    /// <summary>Waits until exactly so many deliveries fulfill a condition in SQL.</summary>
    public async Task WaitForAsync(int count, string condition)
    {
        var found = -1;
        try
        {
            await WaitUntilAsync(async () => (found = await CountAsync(condition)) == count);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(
                $"{found} instead of {count} deliveries with {condition}.\n{string.Join('\n', _engines.Select(engine => engine.Log))}");
        }
    }

    /// <summary>Waits until something is so.</summary>
    public static async Task WaitUntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Patience);
        while (!await condition())
        {
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
            }
            catch (OperationCanceledException) when (!Token.IsCancellationRequested)
            {
                throw new TimeoutException("What the test waits for did not happen within minutes.");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines)
        {
            await engine.DisposeAsync();
        }

        await _services.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<DeliveryScene> CreateAsync(IAsyncDisposable server, string connectionString, WebhooksOptions options)
    {
        var scene = new DeliveryScene(server, connectionString, options);
        await scene._services.GetRequiredService<Migrator>().MigrateAsync(Token);
        return scene;
    }

    private static WebhooksOptions OptionsWith(TimeSpan[]? retryDelays, TimeSpan? attemptTimeout, TimeSpan? firstCircuitPause) => new()
    {
        AllowedNetworks = [System.Net.IPNetwork.Parse("127.0.0.0/8")],
        RequireHttps = false,
        RetryDelays = new RetrySchedule(retryDelays ?? [TimeSpan.FromHours(1)]),
        AttemptTimeout = attemptTimeout ?? TimeSpan.FromMinutes(5),
        FirstCircuitPause = firstCircuitPause ?? TimeSpan.FromSeconds(30),
    };

    private static EventMessage Event(Guid orgId, int number) =>
        new(orgId, "user.created", Encoding.UTF8.GetBytes($$"""{"number": {{number}}}"""), Key: null, Timestamp: null);
}
