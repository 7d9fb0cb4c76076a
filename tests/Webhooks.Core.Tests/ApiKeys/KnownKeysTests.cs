using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Webhooks.Core.ApiKeys;
using Webhooks.Core.Secrets;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.ApiKeys;

/// <summary>What is known of keys between two looks into the database, and when they were used.</summary>
public sealed class KnownKeysTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly Guid _organization = Guid.NewGuid();

    private TestDatabase _database = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private KnownKeys Known => _services.GetRequiredService<KnownKeys>();

    private ApiKeyStore Store => _services.GetRequiredService<ApiKeyStore>();

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateMigratedAsync();
        _services = Server();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_key_is_read_at_most_once_a_second()
    {
        var key = await MakeAsync();
        Assert.NotNull(await Known.FindAsync(key.Key.Id, Cancel));
        await DeleteUnseenAsync(key);

        Assert.NotNull(await Known.FindAsync(key.Key.Id, Cancel));
        Assert.NotNull(Known.Recall(key.Key.Id));
        _clock.Advance(KnownKeys.Validity);

        Assert.Null(Known.Recall(key.Key.Id));
        Assert.Null(await Known.FindAsync(key.Key.Id, Cancel));
    }

    [Fact]
    public async Task Of_many_requests_at_once_one_asks_the_database()
    {
        var key = await MakeAsync();
        await using var blocker = await _database.DataSource.OpenConnectionAsync(Cancel);
        await using var transaction = await blocker.BeginTransactionAsync(Cancel);
        await using var block = new NpgsqlCommand("LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE", blocker);
        await block.ExecuteNonQueryAsync(Cancel);

        var requests = Enumerable.Range(0, 50).Select(_ => Known.FindAsync(key.Key.Id, Cancel).AsTask()).ToArray();
        await Eventually.HoldsAsync(async () => await WaitingAsync() == 1, () => "nobody asks", Cancel);
        await Task.Delay(50, Cancel);
        Assert.Equal(1, await WaitingAsync());
        await transaction.CommitAsync(Cancel);

        Assert.All(await Task.WhenAll(requests), Assert.NotNull);
    }

    [Fact]
    public async Task The_server_that_revokes_a_key_knows_at_once_and_another_within_a_second()
    {
        await using var other = Server();
        var otherKnown = other.GetRequiredService<KnownKeys>();
        var key = await MakeAsync();
        Assert.NotNull(await Known.FindAsync(key.Key.Id, Cancel));
        Assert.NotNull(await otherKnown.FindAsync(key.Key.Id, Cancel));

        Assert.True(await Store.RevokeAsync(_organization, key.Key.Id, Cancel));

        Assert.Null(await Known.FindAsync(key.Key.Id, Cancel));
        _clock.Advance(KnownKeys.Validity);
        Assert.Null(await otherKnown.FindAsync(key.Key.Id, Cancel));
    }

    [Fact]
    public async Task A_request_that_is_canceled_leaves_the_others_waiting_for_the_same_answer()
    {
        var key = await MakeAsync();
        await using var blocker = await _database.DataSource.OpenConnectionAsync(Cancel);
        await using var transaction = await blocker.BeginTransactionAsync(Cancel);
        await using var block = new NpgsqlCommand("LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE", blocker);
        await block.ExecuteNonQueryAsync(Cancel);
        using var gone = new CancellationTokenSource();
        var first = Known.FindAsync(key.Key.Id, gone.Token).AsTask();
        var second = Known.FindAsync(key.Key.Id, Cancel).AsTask();

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await transaction.CommitAsync(Cancel);

        Assert.NotNull(await second);
    }

    [Fact]
    public async Task When_a_key_was_used_is_written_by_nobody_until_it_is_stored()
    {
        var key = await MakeAsync();
        await UseAsync(_services, key, times: 100);

        Assert.Null(await LastUsedAsync(key));
        await _services.GetRequiredService<KeyUses>().StoreAsync(Cancel);

        Assert.Equal(_clock.GetUtcNow(), (await LastUsedAsync(key))!.Value, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task Of_what_several_servers_store_the_latest_use_stays()
    {
        await using var other = Server();
        var key = await MakeAsync();
        await UseAsync(_services, key);
        _clock.Advance(TimeSpan.FromMinutes(5));
        var latest = _clock.GetUtcNow();
        await UseAsync(other, key);

        await other.GetRequiredService<KeyUses>().StoreAsync(Cancel);
        await _services.GetRequiredService<KeyUses>().StoreAsync(Cancel);

        Assert.Equal(latest, (await LastUsedAsync(key))!.Value, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task A_use_that_could_not_be_stored_is_stored_the_next_time()
    {
        var key = await MakeAsync();
        await UseAsync(_services, key);
        await ExecuteAsync("ALTER TABLE api_keys RENAME TO away");
        var uses = _services.GetRequiredService<KeyUses>();
        await Assert.ThrowsAsync<PostgresException>(() => uses.StoreAsync(Cancel));
        await ExecuteAsync("ALTER TABLE away RENAME TO api_keys");

        await uses.StoreAsync(Cancel);

        Assert.NotNull(await LastUsedAsync(key));
    }

    private static async Task UseAsync(IServiceProvider server, ApiKeyCreation.Made key, int times = 1)
    {
        var known = server.GetRequiredService<KnownKeys>();
        for (var use = 0; use < times; use++)
        {
            known.Used((await known.FindAsync(key.Key.Id, Cancel))!);
        }
    }

    private ServiceProvider Server() => new ServiceCollection()
        .AddLogging()
        .AddSingleton<TimeProvider>(_clock)
        .AddSingleton(_ => NpgsqlDataSource.Create(_database.ConnectionString))
        .AddSingleton<IKeyRing>(new SwitchableKeyRing())
        .AddWebhooksCore(new WebhooksOptions())
        .BuildServiceProvider();

    private async Task<ApiKeyCreation.Made> MakeAsync() => Assert.IsType<ApiKeyCreation.Made>(
        await Store.CreateAsync(_organization, new NewApiKey("Test", ["webhooks:read"], ExpiresAt: null, MadeBy: null), null, Cancel));

    private async Task<DateTimeOffset?> LastUsedAsync(ApiKeyCreation.Made key) =>
        (await Store.FindAsync(_organization, key.Key.Id, Cancel))!.LastUsedAt;

    private Task DeleteUnseenAsync(ApiKeyCreation.Made key) => ExecuteAsync($"DELETE FROM api_keys WHERE id = '{key.Key.Id}'");

    private async Task<long> WaitingAsync()
    {
        await using var command = _database.DataSource.CreateCommand(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
