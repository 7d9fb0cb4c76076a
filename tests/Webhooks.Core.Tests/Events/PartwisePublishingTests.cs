using System.Diagnostics;
using Npgsql;
using Webhooks.Core.Events;
using Webhooks.Core.Postgres;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Events;

/// <summary>
/// Events that make more deliveries than one statement should insert. A trigger makes the database slow, or refuse, as a test wants.
/// </summary>
public sealed class PartwisePublishingTests : DatabaseTest
{
    private const int Webhooks = 300;
    private const int MostBytesPerPart = 4 * 1024 * 1024;

    /// <summary>A database that goes away between two parts.</summary>
    private const string EndsAfterSome =
        "IF (SELECT count(*) FROM webhook_deliveries) > 150 THEN RAISE EXCEPTION 'gone' USING ERRCODE = '57P01'; END IF";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly string _data = $"\"{new string('x', 45_000)}\"";

    private readonly Guid _org = Guid.NewGuid();
    private readonly Guid _other = Guid.NewGuid();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await AddWebhookAsync(_org);
        await ExecuteAsync(
            """
            INSERT INTO webhooks (id, org_id, url, events, secret)
            SELECT gen_random_uuid(), org_id, url, events, secret FROM webhooks, generate_series(2, $1)
            """, Webhooks);
        await AddWebhookAsync(_other);
    }

    [Fact]
    public async Task A_large_event_of_a_repeating_publisher_is_committed_in_parts()
    {
        var published = await Publisher.PublishEach([Message(_org, data: _data, key: "a")], Cancel)[0].Published;

        Assert.Equal(Webhooks, published.Deliveries);
        Assert.Equal(Webhooks, published.NewDeliveries.Distinct().Count());
        Assert.Equal(Webhooks, await QueryAsync<long>(
            "SELECT count(DISTINCT webhook_id) FROM webhook_deliveries WHERE event_id = $1", published.Id));
        var parts = await DeliveriesPerTransactionAsync();
        Assert.InRange(parts.Count, 4, 8);
        Assert.All(parts, deliveries => Assert.InRange(deliveries * _data.Length, 1, MostBytesPerPart));
        Assert.Equal(Webhooks, await QueryAsync<int>("SELECT deliveries FROM event_keys"));
    }

    [Fact]
    public async Task Large_events_that_are_published_together_are_committed_together()
    {
        var published = await Publisher.PublishAsync(
            [
                Message(_org, data: _data, key: "a"),
                Message(_other, data: _data),
                Message(_org, data: _data),
                Message(_org, data: _data, key: "a"),
            ],
            Cancel);

        Assert.Equal([Webhooks, 1, Webhooks, Webhooks], published.Select(answer => answer.Deliveries));
        Assert.Equal([Webhooks, 1, Webhooks, 0], published.Select(answer => answer.NewDeliveries.Count));
        Assert.Equal([(2 * Webhooks) + 1], await DeliveriesPerTransactionAsync());
        foreach (var answer in published.Take(3))
        {
            Assert.Equal(answer.NewDeliveries.Order(), await QueryAllAsync<Guid>(
                "SELECT id FROM webhook_deliveries WHERE event_id = $1 ORDER BY id", answer.Id));
        }
    }

    [Fact]
    public async Task Many_small_events_to_many_webhooks_are_stored_in_parts_too()
    {
        var published = await Publisher.PublishAsync(
            [.. Enumerable.Range(0, 40).Select(number => Message(_org, data: $"{number}"))], Cancel);

        Assert.All(published, answer => Assert.Equal(Webhooks, answer.NewDeliveries.Count));
        Assert.Equal(40 * Webhooks, await QueryAsync<long>("SELECT count(DISTINCT (event_id, webhook_id)) FROM webhook_deliveries"));
    }

    [Fact]
    public async Task A_large_event_again_is_answered_without_storing_anything()
    {
        var first = Assert.Single(await Publisher.PublishAsync([Message(_org, data: _data, key: "a")], Cancel));

        var again = Assert.Single(await Publisher.PublishAsync([Message(_org, data: _data, key: "a")], Cancel));
        var refused = await Assert.ThrowsAsync<ReusedKeyException>(
            () => Publisher.PublishAsync([Message(_org, data: _data.Replace("xx", "yy", StringComparison.Ordinal), key: "a")], Cancel));

        Assert.Equal(first.Id, again.Id);
        Assert.Equal(Webhooks, again.Deliveries);
        Assert.Empty(again.NewDeliveries);
        Assert.Equal(["data"], refused.Differing);
        Assert.Equal(Webhooks, await CountAsync());
    }

    [Theory]
    [InlineData("order-17")]
    [InlineData(null)]
    public async Task What_ended_between_two_parts_is_completed_by_a_repeat_for_the_webhooks_that_there_were(string? key)
    {
        var message = Message(_org, data: _data, key: key);
        message = key is null ? message with { OwnId = Guid.CreateVersion7() } : message;
        await OnInsertAsync(EndsAfterSome);
        var failure = await Assert.ThrowsAsync<PostgresException>(() => Publisher.PublishEach([message], Cancel)[0].Published);
        Assert.True(DatabaseFailure.IsOutage(failure));
        Assert.InRange(await CountAsync(), 1, Webhooks - 1);

        await ExecuteAsync("DROP TRIGGER on_insert ON webhook_deliveries");
        var since = await AddWebhookAsync(_org);
        var again = await Publisher.PublishEach([message with { MayBeStored = key is null }], Cancel)[0].Published;

        Assert.Equal(Webhooks, again.Deliveries);
        Assert.InRange(again.NewDeliveries.Count, 1, Webhooks - 1);
        Assert.Equal(Webhooks, await CountAsync());
        Assert.Equal(0, await QueryAsync<long>("SELECT count(*) FROM webhook_deliveries WHERE webhook_id = $1", since));
    }

    [Fact]
    public async Task Of_what_is_published_together_nothing_stays_when_a_part_fails_and_a_repeat_stores_all()
    {
        EventMessage[] messages = [Message(_org, data: _data, key: "a"), Message(_org, data: _data, key: Guid.CreateVersion7().ToString())];
        await OnInsertAsync(EndsAfterSome);
        await Assert.ThrowsAsync<PostgresException>(() => Publisher.PublishAsync(messages, Cancel));
        Assert.Equal(0, await CountAsync());

        await ExecuteAsync("DROP TRIGGER on_insert ON webhook_deliveries");
        await AddWebhookAsync(_org);
        var published = await Publisher.PublishAsync(messages, Cancel);

        Assert.All(published, answer => Assert.Equal(Webhooks, answer.NewDeliveries.Count));
        Assert.Equal(2 * Webhooks, await CountAsync());
    }

    [Fact]
    public async Task While_one_organizations_parts_are_stored_the_events_of_others_pass()
    {
        using var publisher = Publisher;
        await using var brake = await HoldAsync();
        var large = publisher.PublishEach(
            [.. Enumerable.Range(0, 20).Select(number => Message(_org, data: _data, key: $"{number}"))], Cancel);
        await Task.WhenAll(large.Select(item => item.SetAside)).WaitAsync(_patience, Cancel);
        await WaitUntilHeldAsync();
        var array = publisher.PublishAsync([Message(_org, data: _data), Message(_org, data: _data)], Cancel);

        // Small and large ones, single and many.
        await publisher.PublishAsync([Message(_other)], Cancel).WaitAsync(_patience, Cancel);
        await publisher.PublishAsync([.. Enumerable.Repeat(Message(_other, data: _data), 20)], Cancel).WaitAsync(_patience, Cancel);
        await publisher.PublishEach([Message(_other, data: _data, key: "a")], Cancel)[0].Published.WaitAsync(_patience, Cancel);
        Assert.Equal(22, await CountAsync());

        await ReleaseAsync(brake);
        await Task.WhenAll([array, .. large.Select(item => item.Published)]).WaitAsync(_patience, Cancel);
        Assert.Equal((22 * Webhooks) + 22, await CountAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_part_that_takes_too_long_is_stored_in_smaller_ones(bool together)
    {
        await OnInsertAsync("PERFORM pg_sleep(0.02)");
        await using var impatient = Impatient();
        using var publisher = PublisherOn(impatient);
        await ExecuteAsync("DELETE FROM webhooks WHERE org_id = $1 AND id IN (SELECT id FROM webhooks WHERE org_id = $1 LIMIT 180)", _org);

        var message = Message(_org, data: _data, key: "a");
        var published = together
            ? Assert.Single(await publisher.PublishAsync([message], Cancel))
            : await publisher.PublishEach([message], Cancel)[0].Published;

        Assert.Equal(120, published.NewDeliveries.Count);
        Assert.Equal(120, await CountAsync());
        Assert.Equal(together, (await DeliveriesPerTransactionAsync()).Count == 1);
    }

    [Fact]
    public async Task A_shared_statement_that_takes_too_long_is_divided()
    {
        await OnInsertAsync("PERFORM pg_sleep(0.02)");
        await using var impatient = Impatient();
        using var publisher = PublisherOn(impatient);

        var data = $"\"{new string('x', 5000)}\"";
        var published = publisher.PublishEach(
            [.. Enumerable.Range(0, 120).Select(number => Message(_other, data: data, key: $"{number}"))], Cancel);

        Assert.All(await Task.WhenAll(published.Select(item => item.Published)), answer => Assert.Single(answer.NewDeliveries));
        Assert.Equal(120, await CountAsync());
    }

    [Fact]
    public async Task When_even_the_smallest_statement_takes_too_long_the_database_counts_as_away()
    {
        await using var brake = await HoldAsync();
        await using var impatient = Impatient();
        using var publisher = PublisherOn(impatient);

        var failure = await Assert.ThrowsAnyAsync<NpgsqlException>(
            () => publisher.PublishAsync([Message(_org)], Cancel).WaitAsync(_patience, Cancel));

        Assert.True(DatabaseFailure.IsOutage(failure));
        await ReleaseAsync(brake);
    }

    /// <summary>Connections whose statements may take a second.</summary>
    private NpgsqlDataSource Impatient() =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Database.ConnectionString) { CommandTimeout = 1 }.ConnectionString);

    /// <summary>Does something for each delivery that is inserted.</summary>
    private Task<int> OnInsertAsync(string statement) => ExecuteAsync(
        $"""
        CREATE FUNCTION on_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statement}; RETURN NEW; END $$;
        CREATE TRIGGER on_insert BEFORE INSERT ON webhook_deliveries FOR EACH ROW EXECUTE FUNCTION on_insert();
        """);

    /// <summary>Makes every statement wait that inserts a delivery of the organization, until the result is released.</summary>
    private async Task<NpgsqlConnection> HoldAsync()
    {
        await OnInsertAsync($"IF NEW.org_id = '{_org}' THEN PERFORM pg_advisory_xact_lock_shared(17); END IF");
        var connection = await Database.OpenConnectionAsync(Cancel);
        await new NpgsqlCommand("SELECT pg_advisory_lock(17)", connection).ExecuteNonQueryAsync(Cancel);
        return connection;
    }

    private static Task<int> ReleaseAsync(NpgsqlConnection brake) =>
        new NpgsqlCommand("SELECT pg_advisory_unlock(17)", brake).ExecuteNonQueryAsync(Cancel);

    private async Task WaitUntilHeldAsync()
    {
        const string Sql = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)";
        for (var watch = Stopwatch.StartNew(); !await QueryAsync<bool>(Sql); await Task.Delay(10, Cancel))
        {
            Assert.True(watch.Elapsed < _patience, "No statement waits.");
        }
    }

    private Task<long> CountAsync() => QueryAsync<long>("SELECT count(*) FROM webhook_deliveries");

    private Task<IReadOnlyList<int>> DeliveriesPerTransactionAsync() =>
        QueryAllAsync<int>("SELECT count(*)::int FROM webhook_deliveries GROUP BY xmin::text ORDER BY 1");
}
