using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Events;
using Webhooks.Core.Health;
using Webhooks.Core.Pull;
using Webhooks.Core.Telemetry;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Postgres;

/// <summary>A test with a migrated database of its own, and with what most of them begin with.</summary>
public abstract class DatabaseTest : IAsyncLifetime
{
    private TestDatabase? _database;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected NpgsqlDataSource Database => _database!.DataSource;

    protected string DatabaseConnectionString => _database!.ConnectionString;

    protected EventPublisher Publisher => PublisherOn(Database);

    protected WebhooksTracing Tracing { get; } = new();

    protected WebhooksMetrics Metrics { get; } = new(TimeProvider.System);

    protected DeliveryStore Deliveries => DeliveriesOn(Database);

    protected DeliveryHistory History => new(Database);

    public virtual async ValueTask InitializeAsync() => _database = await TestDatabase.CreateMigratedAsync();

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Tracing.Dispose();
        Metrics.Dispose();
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    protected DeliveryStore DeliveriesOn(NpgsqlDataSource database, WebhooksOptions? options = null) =>
        new(database, new HealthSignals(Metrics, NullLogger<HealthSignals>.Instance), options ?? new WebhooksOptions());

    protected DeliveryAnnouncement Announcement => new(Database, NullLogger<DeliveryAnnouncement>.Instance);

    protected WebhookProbes Probes => new(new ClaimedByEngine(), Announcement, BuiltInEventTypes.Known, TimeProvider.System);

    protected UnpulledBacklog Unpulled => new(Database, Announcement, new ClaimedByEngine());

    protected EventPublisher PublisherOn(
        NpgsqlDataSource database, TimeProvider? clock = null, ILogger<EventPublisher>? log = null, IDeliveryIntake? intake = null)
    {
        var announcement = new DeliveryAnnouncement(database, NullLogger<DeliveryAnnouncement>.Instance);
        return new EventPublisher(
            new EventInsertion(database, intake ?? new NoIntake(), announcement, new WebhooksOptions()),
            new PartwiseInsertion(database, announcement, TimeProvider.System, NullLogger<PartwiseInsertion>.Instance),
            Tracing,
            clock ?? TimeProvider.System,
            log ?? NullLogger<EventPublisher>.Instance);
    }

    protected static T Required<T>(T? value)
        where T : class
    {
        Assert.NotNull(value);
        return value;
    }

    protected static EventMessage Message(
        Guid orgId, string type = "user.created", string data = "{}", string? key = null, DateTimeOffset? timestamp = null) =>
        new(orgId, type, Encoding.UTF8.GetBytes(data), key, timestamp);

    protected async Task<Guid> AddWebhookAsync(Guid orgId, params string[] events)
    {
        var id = Guid.CreateVersion7();
        await ExecuteAsync("INSERT INTO organizations (id) VALUES ($1) ON CONFLICT DO NOTHING", orgId);
        await ExecuteAsync(
            "INSERT INTO webhooks (id, org_id, url, events, secret) VALUES ($1, $2, 'https://example.com/hook', $3, 'encrypted')",
            id, orgId, events.Length == 0 ? ["*"] : events);
        return id;
    }

    /// <summary>Publishes one event to a webhook that is alone in its organization.</summary>
    /// <returns>The delivery's id.</returns>
    protected async Task<Guid> PublishAsync(Guid orgId, string type = "user.created", string data = "{}")
    {
        var published = await Publisher.PublishAsync([Message(orgId, type, data)], Cancel);
        return Assert.Single(Assert.Single(published).NewDeliveries);
    }

    protected async Task<IReadOnlyList<Guid>> PublishManyAsync(Guid orgId, int count, string type = "user.created")
    {
        var published = await Publisher.PublishAsync([.. Enumerable.Repeat(Message(orgId, type), count)], Cancel);
        return [.. published.SelectMany(item => item.NewDeliveries)];
    }

    protected async Task<int> ExecuteAsync(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(Cancel);
    }

    protected async Task<T> QueryAsync<T>(string sql, params object[] parameters)
    {
        var rows = await QueryAllAsync<T>(sql, parameters);
        return Assert.Single(rows);
    }

    protected async Task<IReadOnlyList<T>> QueryAllAsync<T>(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(Cancel))
        {
            rows.Add(await reader.IsDBNullAsync(0, Cancel) ? default! : await reader.GetFieldValueAsync<T>(0, Cancel));
        }

        return rows;
    }

    /// <summary>Deadlocks are retried, so nobody else would notice them. Connections report them at the latest when they end.</summary>
    protected async Task AssertNoDeadlocksAsync()
    {
        Database.Clear();
        while (await QueryAsync<bool>(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            + "AND backend_type = 'client backend')"))
        {
            await Task.Yield();
        }

        Assert.Equal(0, await QueryAsync<long>("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"));
    }

    private NpgsqlCommand Command(string sql, object[] parameters)
    {
        var command = Database.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return command;
    }
}
