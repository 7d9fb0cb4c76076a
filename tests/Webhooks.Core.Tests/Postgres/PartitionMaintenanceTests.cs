using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Tests.Postgres;

public sealed class PartitionMaintenanceTests : DatabaseTest
{
    /// <summary>A Wednesday long after today, for which the migration made no partitions.</summary>
    private static readonly DateTimeOffset _later = new(2040, 2, 29, 12, 0, 0, TimeSpan.Zero);

    private readonly Guid _org = Guid.NewGuid();

    [Theory]
    [InlineData("2026-08-03T00:00:00Z", "webhook_deliveries_20260803")]
    [InlineData("2026-08-09T23:59:59.999Z", "webhook_deliveries_20260803")]
    [InlineData("2026-08-10T01:59:59+02:00", "webhook_deliveries_20260803")]
    [InlineData("2026-08-10T00:00:00Z", "webhook_deliveries_20260810")]
    [InlineData("2027-01-01T00:00:00Z", "webhook_deliveries_20261228")]
    public void A_partition_is_a_week_from_Monday_in_UTC(string time, string name) =>
        Assert.Equal(name, DeliveryPartition.At(DateTimeOffset.Parse(time)).Name);

    [Fact]
    public async Task Partitions_are_made_from_last_week_to_four_weeks_ahead_and_logged_once()
    {
        var log = new LogLines<PartitionMaintenance>();
        await RunAsync(_later, log);
        string[] made = ["20400220", "20400227", "20400305", "20400312", "20400319", "20400326"];
        Assert.Equal(made.Select(day => $"webhook_deliveries_{day}"), await NewPartitionsAsync());
        Assert.Equal(6, log.Lines.Count);
        Assert.All(made.Zip(log.Lines), pair => Assert.Contains(pair.First, pair.Second, StringComparison.Ordinal));
        Assert.All(log.Lines, line => Assert.Contains("webhook", line, StringComparison.Ordinal));

        await RunAsync(_later, log);
        await RunAsync(_later.AddDays(7), log);
        Assert.Equal(7, log.Lines.Count);
        Assert.Contains("20400402", log.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ids_go_to_the_partition_of_their_time()
    {
        await RunAsync(_later, new());
        var monday = new DateTimeOffset(2040, 2, 27, 0, 0, 0, TimeSpan.Zero);

        Assert.Equal("webhook_deliveries_20400220", await InsertAsync(Guid.CreateVersion7(monday.AddMilliseconds(-1))));
        Assert.Equal("webhook_deliveries_20400227", await InsertAsync(Guid.CreateVersion7(monday)));
        Assert.Equal("webhook_deliveries_20400227", await InsertAsync(UuidV7.LowerBound(monday)));
        Assert.Equal("webhook_deliveries_20400227", await InsertAsync(Guid.CreateVersion7(monday.AddDays(7).AddMilliseconds(-1))));
        Assert.Equal("webhook_deliveries_20400305", await InsertAsync(Guid.CreateVersion7(monday.AddDays(7))));
        Assert.Equal("webhook_deliveries_default", await InsertAsync(Guid.CreateVersion7(monday.AddDays(70))));
    }

    [Fact]
    public async Task Rows_of_the_default_partition_move_into_the_partition_that_is_made_for_them()
    {
        var early = Guid.CreateVersion7(_later.AddDays(-7));
        var now = Guid.CreateVersion7(_later);
        var far = Guid.CreateVersion7(_later.AddDays(100));
        foreach (var id in new[] { early, now, far })
        {
            Assert.Equal("webhook_deliveries_default", await InsertAsync(id));
        }

        await RunAsync(_later, new());

        Assert.Equal("webhook_deliveries_20400220", await PartitionOfAsync(early));
        Assert.Equal("webhook_deliveries_20400227", await PartitionOfAsync(now));
        Assert.Equal("webhook_deliveries_default", await PartitionOfAsync(far));
        Assert.Equal(3, await QueryAsync<long>("SELECT count(*) FROM webhook_deliveries"));
    }

    [Fact]
    public async Task A_new_partition_has_every_index_and_constraint_of_the_table()
    {
        await RunAsync(_later, new());
        const string Indexes = "SELECT count(*) FROM pg_index WHERE indrelid = $1::regclass AND indisvalid";
        Assert.Equal(await QueryAsync<long>(Indexes, "webhook_deliveries"), await QueryAsync<long>(Indexes, "webhook_deliveries_20400227"));
        const string Constraints = "SELECT contype::text FROM pg_constraint WHERE conrelid = $1::regclass AND contype <> 'n' ORDER BY 1";
        Assert.Equal(
            await QueryAllAsync<string>(Constraints, "webhook_deliveries"),
            await QueryAllAsync<string>(Constraints, "webhook_deliveries_20400227"));
    }

    [Fact]
    public async Task Several_processes_may_make_partitions_while_events_are_published()
    {
        await AddWebhookAsync(_org);
        var log = new LogLines<PartitionMaintenance>();

        await SetDatabaseClockAsync(_later);
        var publishing = Parallel.ForAsync(0, 50, Cancel, async (_, _) => await PublishManyAsync(_org, 10));
        await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => Task.Run(() => Maintenance(_later, log, retentionDays: 36500).RunAsync(Cancel), Cancel)));
        await publishing;

        Assert.Equal(6, log.Lines.Count);
        Assert.Equal(6, (await NewPartitionsAsync()).Count);
        Assert.Equal(500, await QueryAsync<long>("SELECT count(*) FROM webhook_deliveries"));
    }

    [Fact]
    public async Task A_busy_table_is_left_to_the_next_run()
    {
        var log = new LogLines<PartitionMaintenance>();
        await using (var connection = await Database.OpenConnectionAsync(Cancel))
        await using (var transaction = await connection.BeginTransactionAsync(Cancel))
        {
            await using var reading = new NpgsqlCommand("SELECT count(*) FROM webhook_deliveries_default", connection, transaction);
            await reading.ExecuteNonQueryAsync(Cancel);
            await RunAsync(_later, log);
        }

        Assert.Contains("not made", Assert.Single(log.Lines), StringComparison.Ordinal);
        Assert.Empty(await NewPartitionsAsync());
        await RunAsync(_later, log);
        Assert.Equal(6, (await NewPartitionsAsync()).Count);
    }

    [Fact]
    public async Task Weeks_that_are_past_their_retention_are_dropped_and_the_week_of_the_oldest_delivery_to_keep_stays()
    {
        await RunAsync(_later, new());
        var log = new LogLines<PartitionMaintenance>();

        // Thursday, 15 days after the Wednesday of the week that began on 2040-02-27.
        await RunAsync(_later.AddDays(15), log, retentionDays: 14);

        Assert.Equal(
            ["webhook_deliveries_20400227", "webhook_deliveries_20400305"], (await NewPartitionsAsync()).Take(2));
        Assert.Single(log.Lines, line => line.Contains("webhook_deliveries_20400220 dropped", StringComparison.Ordinal));
        Assert.Equal("webhook_deliveries_default", await InsertAsync(Guid.CreateVersion7(_later.AddDays(-7))));
    }

    [Fact]
    public async Task A_week_with_a_pending_delivery_is_kept_until_that_is_finished()
    {
        await RunAsync(_later, new());
        var pending = Guid.CreateVersion7(_later);
        var partition = await InsertAsync(pending);
        var log = new LogLines<PartitionMaintenance>();

        await RunAsync(_later.AddDays(100), log, retentionDays: 14);
        Assert.Equal(partition, await PartitionOfAsync(pending));
        Assert.Single(log.Lines, line => line.Contains($"{partition} is older than the retention and kept", StringComparison.Ordinal));

        await ExecuteAsync("UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL WHERE id = $1", pending);
        await RunAsync(_later.AddDays(100), log, retentionDays: 14);
        Assert.DoesNotContain(partition, await NewPartitionsAsync());
    }

    [Theory]
    [InlineData(200, "ahead of")]
    [InlineData(-200, "behind")]
    public async Task A_clock_that_is_wrong_drops_and_forgets_nothing_and_says_so_once(int days, string direction)
    {
        await SetDatabaseClockAsync(_later);
        await ExecuteAsync("INSERT INTO event_keys (org_id, key, event_id, created_at) VALUES ($1, 'k', $1, $2)", _org, _later.AddDays(-8));
        var log = new LogLines<PartitionMaintenance>();
        var clock = new FakeTimeProvider(_later.AddDays(days));
        var maintenance = new PartitionMaintenance(Database, new WebhooksOptions { DeliveryRetention = TimeSpan.FromDays(14) }, clock, log);
        var before = await AllPartitionsAsync();

        await maintenance.RunAsync(Cancel);
        await maintenance.RunAsync(Cancel);

        Assert.Subset((await AllPartitionsAsync()).ToHashSet(), before.ToHashSet());
        Assert.Equal(["20400220", "20400227", "20400305", "20400312", "20400319", "20400326"], await NewDaysAsync());
        Assert.Equal(1, await QueryAsync<long>("SELECT count(*) FROM event_keys"));
        Assert.Single(log.Lines, line => line.Contains($"200.00:00:00 {direction} the database's", StringComparison.Ordinal));

        await SetDatabaseClockAsync(clock.GetUtcNow());
        await maintenance.RunAsync(Cancel);
        Assert.Single(log.Lines, line => line.Contains("agree again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task This_week_is_kept_however_short_the_retention_is()
    {
        await RunAsync(_later, new());
        await RunAsync(_later, new(), retentionDays: 0);
        Assert.Equal(["20400227", "20400305", "20400312", "20400319", "20400326"], await NewDaysAsync());
    }

    [Fact]
    public async Task A_week_that_was_detached_before_the_process_died_is_dropped_by_the_next_run()
    {
        await RunAsync(_later, new());
        await ExecuteAsync("ALTER TABLE webhook_deliveries DETACH PARTITION webhook_deliveries_20400220");

        await RunAsync(_later.AddDays(22), new(), retentionDays: 14);

        Assert.True(await QueryAsync<bool>("SELECT to_regclass('webhook_deliveries_20400220') IS NULL"));
    }

    [Fact]
    public async Task A_week_in_which_somebody_reads_holds_up_nobody_else_while_it_is_dropped()
    {
        await RunAsync(_later, new());
        var webhook = await AddWebhookAsync(_org);
        var log = new LogLines<PartitionMaintenance>();
        await ExecuteAsync("ALTER TABLE webhook_deliveries DETACH PARTITION webhook_deliveries_20400220");
        await SetDatabaseClockAsync(_later.AddDays(22));
        await using (var connection = await Database.OpenConnectionAsync(Cancel))
        await using (var transaction = await connection.BeginTransactionAsync(Cancel))
        {
            await using var read = new NpgsqlCommand("SELECT count(*) FROM webhook_deliveries_20400220", connection, transaction);
            await read.ExecuteNonQueryAsync(Cancel);

            var dropping = Maintenance(_later.AddDays(22), log, retentionDays: 14).RunAsync(Cancel);
            await PublishAsync(_org);
            Assert.Equal(1, await QueryAsync<long>("SELECT count(*) FROM webhook_deliveries WHERE webhook_id = $1", webhook));
            await dropping;
        }

        Assert.Single(log.Lines, line => line.Contains("webhook_deliveries_20400220 not dropped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Keys_older_than_seven_days_are_forgotten()
    {
        await ExecuteAsync("""
            INSERT INTO event_keys (org_id, key, event_id, created_at)
            SELECT gen_random_uuid(), 'k', gen_random_uuid(), now() - number * interval '1 hour' FROM generate_series(0, 12000) AS number
            """);

        await RunAsync(DateTimeOffset.UtcNow, new());

        Assert.Equal(7 * 24, await QueryAsync<long>("SELECT count(*) FROM event_keys"));
    }

    [Fact]
    public async Task Keys_of_requests_are_forgotten_after_a_day()
    {
        await ExecuteAsync("""
            INSERT INTO request_keys (org_id, key, fingerprint, made, created_at)
            SELECT gen_random_uuid(), 'k', '', gen_random_uuid(), now() - number * interval '1 minute'
            FROM generate_series(0, 12000) AS number
            """);

        await RunAsync(DateTimeOffset.UtcNow, new());

        Assert.Equal(24 * 60, await QueryAsync<long>("SELECT count(*) FROM request_keys"));
    }

    [Fact]
    public async Task Operational_events_are_forgotten_a_day_after_they_were_published_and_not_before()
    {
        await ExecuteAsync("""
            INSERT INTO webhook_signals (webhook_id, event, org_id, data, at, published_at)
            SELECT gen_random_uuid(), 'webhook.enabled', gen_random_uuid(), '{}', now() - age, CASE WHEN published THEN now() - age END
            FROM unnest(ARRAY[interval '25 hours', '23 hours']) AS age, unnest(ARRAY[true, false]) AS published
            """);

        await RunAsync(DateTimeOffset.UtcNow, new());

        Assert.Equal(2, await QueryAsync<long>("SELECT count(*) FROM webhook_signals WHERE published_at IS NULL"));
        Assert.Equal(1, await QueryAsync<long>("SELECT count(*) FROM webhook_signals WHERE published_at IS NOT NULL"));
    }

    [Fact]
    public async Task Secrets_whose_overlap_has_ended_are_erased_and_those_that_sign_are_kept()
    {
        var ended = await AddWebhookAsync(_org);
        var running = await AddWebhookAsync(_org);
        const string Overlap = "UPDATE webhooks SET previous_secret = 'before', previous_secret_expires_at = $2 WHERE id = $1";
        await ExecuteAsync(Overlap, ended, DateTimeOffset.UtcNow.AddHours(-1));
        await ExecuteAsync(Overlap, running, DateTimeOffset.UtcNow.AddHours(1));

        await RunAsync(DateTimeOffset.UtcNow, new());

        Assert.Equal([running], await QueryAllAsync<Guid>("SELECT id FROM webhooks WHERE previous_secret IS NOT NULL"));
        Assert.Equal(2, await QueryAsync<long>("SELECT count(*) FROM webhooks WHERE secret = 'encrypted'"));
    }

    /// <summary>Runs it at a time that the database's clock and the process's agree on.</summary>
    private async Task RunAsync(DateTimeOffset now, LogLines<PartitionMaintenance> log, int retentionDays = 36500)
    {
        await SetDatabaseClockAsync(now);
        await Maintenance(now, log, retentionDays).RunAsync(Cancel);
    }

    private PartitionMaintenance Maintenance(DateTimeOffset now, LogLines<PartitionMaintenance> log, int retentionDays) => new(
        Database, new WebhooksOptions { DeliveryRetention = TimeSpan.FromDays(retentionDays) }, new FakeTimeProvider(now), log);

    /// <summary>Has every new session find another <c>now()</c> than PostgreSQL's own. What a column has as its default stays.</summary>
    private async Task SetDatabaseClockAsync(DateTimeOffset now)
    {
        await using var connection = await Database.OpenConnectionAsync(Cancel);
        await using var command = new NpgsqlCommand(
            $"""
            CREATE SCHEMA IF NOT EXISTS test_clock;
            CREATE OR REPLACE FUNCTION test_clock.now() RETURNS timestamptz LANGUAGE sql STABLE RETURN timestamptz '{now:O}';
            DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, test_clock, pg_catalog', current_database()); END $$
            """,
            connection);
        await command.ExecuteNonQueryAsync(Cancel);
        Database.Clear();
    }

    private Task<IReadOnlyList<string>> AllPartitionsAsync() => QueryAllAsync<string>(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'webhook_deliveries'::regclass");

    private async Task<IEnumerable<string>> NewDaysAsync() => (await NewPartitionsAsync()).Select(name => name.Split('_')[^1]);

    private Task<IReadOnlyList<string>> NewPartitionsAsync() => QueryAllAsync<string>("""
        SELECT inhrelid::regclass::text FROM pg_inherits
        WHERE inhparent = 'webhook_deliveries'::regclass AND inhrelid::regclass::text LIKE 'webhook_deliveries_204%' ORDER BY 1
        """);

    /// <returns>The partition that it went to.</returns>
    private async Task<string> InsertAsync(Guid id)
    {
        var webhook = await AddWebhookAsync(_org);
        await ExecuteAsync(
            """
            INSERT INTO webhook_deliveries (id, webhook_id, org_id, event, event_id, payload, next_attempt_at)
            VALUES ($1, $2, $3, 'user.created', $1, '{}', now())
            """,
            id, webhook, _org);
        return await PartitionOfAsync(id);
    }

    private Task<string> PartitionOfAsync(Guid id) =>
        QueryAsync<string>("SELECT tableoid::regclass::text FROM webhook_deliveries WHERE id = $1", id);
}
