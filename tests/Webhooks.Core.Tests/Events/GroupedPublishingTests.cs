using System.Diagnostics;
using Npgsql;
using Webhooks.Core.Events;
using Webhooks.Core.Postgres;
using Webhooks.Core.Tests.Postgres;
using Webhooks.Core.Tests.Telemetry;

namespace Webhooks.Core.Tests.Events;

/// <summary>Publishers that come while statements run. A test holds the table, so that it decides for how long they run.</summary>
public sealed class GroupedPublishingTests : DatabaseTest
{
    /// <summary>How many statements with a single event run at once; while they do, a few more events wait.</summary>
    private const int Running = 2;

    /// <summary>How many statements of large publishings run at once.</summary>
    private const int LargeAtOnce = 2;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Guid _org = Guid.NewGuid();
    private readonly List<NpgsqlConnection> _held = [];

    private EventPublisher _publisher = null!;
    private Guid _webhook;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _publisher = PublisherOn(Database);
        _webhook = await AddWebhookAsync(_org);
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await ReleaseTableAsync();
        _publisher.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task What_arrives_while_statements_run_shares_the_next_one_and_its_commit()
    {
        var first = await OccupyAsync();
        var gathered = PublishEach(Enumerable.Range(0, 50).Select(number => Message(_org, data: $"{number}")));

        await ReleaseTableAsync();
        var published = await WhenAll([.. first, .. gathered]);

        Assert.Equal(Running + 50, published.Select(answer => Assert.Single(answer).Id).Distinct().Count());
        Assert.Equal(Running + 50, await CountAsync());
        Assert.Equal(Running + 1, await TransactionsAsync());
        for (var number = 0; number < 50; number++)
        {
            var answer = Assert.Single(await gathered[number]);
            Assert.Equal($"{number}", await QueryAsync<string>(
                "SELECT payload->>'data' FROM webhook_deliveries WHERE id = $1", Assert.Single(answer.NewDeliveries)));
        }
    }

    [Theory]
    [InlineData(250, 0)]
    [InlineData(1, 300_000)]
    public async Task A_crowd_does_not_wait_for_the_statements_that_run(int events, int bytes)
    {
        var first = await OccupyAsync();
        var crowd = PublishEach(Enumerable.Repeat(Message(_org, data: $"\"{new string('x', bytes)}\""), events));

        await WaitUntilHeldAsync(Running + 1);

        await ReleaseTableAsync();
        await WhenAll([.. first, .. crowd]);
        Assert.Equal(Running + events, await CountAsync());
    }

    [Fact]
    public async Task Events_that_make_many_deliveries_are_a_crowd_sooner()
    {
        await HaveManyDeliveriesAsync(perEvent: 100);
        var first = await OccupyAsync();
        var crowd = PublishEach(Enumerable.Repeat(Message(_org), 4));

        await WaitUntilHeldAsync(Running + 1);

        await ReleaseTableAsync();
        await WhenAll([.. first, .. crowd]);
    }

    [Fact]
    public async Task Each_publisher_gets_the_answers_to_its_own_events_in_their_order()
    {
        var silent = Guid.NewGuid();
        var first = await OccupyAsync();
        EventMessage[][] lists =
        [
            [Message(_org, "invoice.paid"), Message(silent, "user.deleted")],
            [Message(silent, "user.login")],
            [Message(silent, "user.logout"), Message(_org, "invoice.paid"), Message(_org, "user.updated")],
        ];
        var gathered = lists.Select(PublishAsync).ToArray();

        await ReleaseTableAsync();
        var published = await WhenAll(gathered);
        await WhenAll(first);

        Assert.Equal(lists.Select(list => list.Select(message => (message.Event, message.OrgId))), published.Select(
            list => list.Select(answer => (answer.Event, answer.OrgId))));
        Assert.Equal([[1, 0], [0], [0, 1, 1]], published.Select(list => list.Select(answer => answer.Deliveries)));
        Assert.Equal(Running + 1, await TransactionsAsync());
    }

    [Fact]
    public async Task Events_that_make_a_shared_statement_fail_harm_their_own_publisher_alone()
    {
        var first = await OccupyAsync();
        var good = PublishEach(Enumerable.Repeat(Message(_org), 5));
        var bad = PublishAsync(Message(_org, "invoice.paid"), Message(_org, data: "{"));
        var alsoGood = PublishAsync(Message(_org), Message(_org));

        await ReleaseTableAsync();
        await Assert.ThrowsAsync<PostgresException>(() => WhenAll([bad]));
        await WhenAll([.. first, .. good, alsoGood]);

        Assert.Equal(Running + 7, await CountAsync());
        Assert.Equal(0, await QueryAsync<long>("SELECT count(*) FROM webhook_deliveries WHERE event = 'invoice.paid'"));
    }

    [Theory]
    [InlineData("order-17")]
    [InlineData(null)]
    public async Task An_event_that_several_publish_at_once_is_one_event(string? key)
    {
        await AddWebhookAsync(_org);
        key ??= Guid.CreateVersion7().ToString();
        var first = await OccupyAsync();
        var gathered = PublishEach(Enumerable.Repeat(Message(_org, "invoice.paid", key: key), 6));

        await ReleaseTableAsync();
        var published = (await WhenAll(gathered)).Select(Assert.Single).ToArray();
        await WhenAll(first);

        Assert.Single(published.Select(answer => answer.Id).Distinct());
        Assert.All(published, answer => Assert.Equal(2, answer.Deliveries));
        Assert.Equal([2, 0, 0, 0, 0, 0], published.Select(answer => answer.NewDeliveries.Count).OrderDescending());
        Assert.Equal(2, await QueryAsync<long>("SELECT count(*) FROM webhook_deliveries WHERE event = 'invoice.paid'"));
    }

    [Fact]
    public async Task Who_gives_up_while_he_waits_leaves_at_once_and_publishes_nothing()
    {
        using var givesUp = new CancellationTokenSource();
        var first = await OccupyAsync();
        var before = PublishAsync(Message(_org));
        var left = PublishUntilAsync(Message(_org, "invoice.paid", key: "k"), givesUp.Token);
        var after = PublishAsync(Message(_org));

        await givesUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => WhenAll([left]));
        await ReleaseTableAsync();
        await WhenAll([.. first, before, after]);

        Assert.Equal(Running + 2, await CountAsync());
        Assert.Equal(0, await QueryAsync<long>("SELECT count(*) FROM event_keys"));
    }

    [Fact]
    public async Task A_statement_ends_when_everybody_in_it_has_given_up()
    {
        using var firstGiveUp = new CancellationTokenSource();
        using var oneGivesUp = new CancellationTokenSource();
        using var otherGivesUp = new CancellationTokenSource();
        var first = await OccupyAsync(firstGiveUp.Token);
        var one = PublishUntilAsync(Message(_org), oneGivesUp.Token);
        var other = PublishUntilAsync(Message(_org), otherGivesUp.Token);

        await firstGiveUp.CancelAsync();
        foreach (var publishing in first)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => WhenAll([publishing]));
        }

        await WaitUntilHeldAsync(1);
        await oneGivesUp.CancelAsync();
        await otherGivesUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => WhenAll([one]));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => WhenAll([other]));
        await ReleaseTableAsync();
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task A_statement_goes_on_for_those_who_have_not_given_up()
    {
        using var firstGiveUp = new CancellationTokenSource();
        using var givesUp = new CancellationTokenSource();
        await OccupyAsync(firstGiveUp.Token);
        var leaving = PublishUntilAsync(Message(_org), givesUp.Token);
        var staying = PublishAsync(Message(_org));
        await firstGiveUp.CancelAsync();
        await WaitUntilHeldAsync(1);

        await givesUp.CancelAsync();
        await ReleaseTableAsync();

        Assert.Single(Assert.Single(await WhenAll([staying]))[0].NewDeliveries);
        await WhenAll([leaving]);
        Assert.Equal(2, await CountAsync());
        Assert.Equal(1, await TransactionsAsync());
    }

    [Fact]
    public async Task A_database_that_goes_away_fails_all_who_share_the_statement()
    {
        var first = await OccupyAsync();
        var gathered = PublishEach(Enumerable.Repeat(Message(_org), 10));

        await TerminateHeldAsync(Running);
        await AssertOutageAsync(first);
        await TerminateHeldAsync(1);
        await AssertOutageAsync(gathered);
        await ReleaseTableAsync();

        Assert.Equal(0, await CountAsync());
        await WhenAll([PublishAsync(Message(_org))]);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task A_statement_has_a_bounded_number_of_deliveries()
    {
        await HaveManyDeliveriesAsync(perEvent: 100);
        await ExecuteAsync("DELETE FROM webhook_deliveries");
        var first = await OccupyAsync();
        var gathered = PublishEach(Enumerable.Repeat(Message(_org), 25));

        await ReleaseTableAsync();
        await WhenAll([.. first, .. gathered]);

        Assert.Equal((Running + 25) * 100, await CountAsync());
        Assert.All(await DeliveriesPerTransactionAsync(), deliveries => Assert.InRange(deliveries, 100, 1000));
    }

    [Fact]
    public async Task A_statement_has_a_bounded_number_of_events()
    {
        var first = await OccupyAsync();
        var gathered = await PublishLargeAsync(6, [.. Enumerable.Repeat(Message(_org), 400)]);

        await ReleaseTableAsync();
        await WhenAll([.. first, .. gathered]);

        Assert.Equal(Running + 2400, await CountAsync());
        Assert.Equal([1, 1, 400, 400, 800, 800], await DeliveriesPerTransactionAsync());
    }

    [Fact]
    public async Task A_statement_has_a_bounded_number_of_bytes()
    {
        var half = $"\"{new string('x', 500_000)}\"";
        var first = await OccupyAsync();
        var gathered = await PublishLargeAsync(6, [Message(_org, data: half)]);

        await ReleaseTableAsync();
        await WhenAll([.. first, .. gathered]);

        Assert.Equal([1, 1, 1, 1, 2, 2], await DeliveriesPerTransactionAsync());
    }

    [Fact]
    public async Task However_many_publishers_wait_each_gets_its_turn()
    {
        var first = await OccupyAsync();
        var gathered = PublishEach(Enumerable.Repeat(Message(_org), 3000));

        await ReleaseTableAsync();
        await WhenAll([.. first, .. gathered]);

        Assert.Equal(Running + 3000, await CountAsync());
    }

    [Fact]
    public async Task An_organization_with_many_publishers_keeps_no_other_waiting()
    {
        var other = Guid.NewGuid();
        await AddWebhookAsync(other);
        var data = $"\"{new string('x', 50_000)}\"";
        var first = await OccupyAsync();
        var many = PublishEach(Enumerable.Repeat(Message(_org, data: data), 40));
        await WaitUntilHeldAsync(Running + 1);
        var few = PublishEach(Enumerable.Repeat(Message(other, data: data), 2));

        await ReleaseTableAsync();
        await WhenAll([.. first, .. many, .. few]);

        // With the next statement that begins, although another twenty events wait for longer: a statement has room for twenty.
        Assert.Equal(2, await QueryAsync<long>("""
            SELECT count(*) FROM webhook_deliveries
            WHERE org_id = $1 AND xmin::text = (SELECT max(xmin::text::bigint)::text FROM webhook_deliveries WHERE org_id = $2)
               OR org_id = $1 AND xmin::text::bigint < (SELECT max(xmin::text::bigint) FROM webhook_deliveries WHERE org_id = $2)
            """, other, _org));
    }

    [Fact]
    public async Task Who_publishes_little_does_not_wait_for_those_who_publish_much()
    {
        var first = await OccupyAsync();
        var large = await PublishLargeAsync(6, [.. Enumerable.Repeat(Message(_org), 400)]);

        var small = PublishAsync(Message(_org));
        await WaitUntilHeldAsync(Running + LargeAtOnce);
        await ReleaseTableAsync();

        await WhenAll([.. first, .. large, small]);
        Assert.Equal(Running + 2401, await CountAsync());
    }

    [Fact]
    public async Task Each_event_of_a_shared_statement_links_to_its_own_publishing()
    {
        using var recorder = new ActivityRecorder(Tracing);
        var first = await OccupyAsync();
        var gathered = PublishEach(Enumerable.Repeat(Message(_org), 3));

        await ReleaseTableAsync();
        await WhenAll([.. first, .. gathered]);

        Assert.Equal(Running + 1, await TransactionsAsync());
        Assert.Equal(
            recorder.All("webhook.publish").Select(activity => activity.Id!).Order(StringComparer.Ordinal),
            (await QueryAllAsync<string>("SELECT trace_parent FROM webhook_deliveries")).Order(StringComparer.Ordinal));
    }

    private Task<IReadOnlyList<PublishedEvent>> PublishAsync(params EventMessage[] messages) => _publisher.PublishAsync(messages, Cancel);

    /// <summary>Publishes an event, until the publisher gives up.</summary>
    private Task<IReadOnlyList<PublishedEvent>> PublishUntilAsync(EventMessage message, CancellationToken givesUp) =>
        _publisher.PublishAsync([message], givesUp);

    private Task<IReadOnlyList<PublishedEvent>>[] PublishEach(IEnumerable<EventMessage> messages) =>
        [.. messages.Select(message => PublishAsync([message]))];

    /// <summary>
    /// Publishes the same several times, each too much to share a statement with small ones: two statements of them run, and the rest
    /// waits.
    /// </summary>
    private async Task<IReadOnlyList<Task<IReadOnlyList<PublishedEvent>>>> PublishLargeAsync(int times, EventMessage[] messages)
    {
        var publishings = new List<Task<IReadOnlyList<PublishedEvent>>>();
        while (publishings.Count < times)
        {
            publishings.Add(PublishAsync(messages));
            await WaitUntilHeldAsync(Running + Math.Min(LargeAtOnce, publishings.Count));
        }

        return publishings;
    }

    private static Task<IReadOnlyList<PublishedEvent>[]> WhenAll(IEnumerable<Task<IReadOnlyList<PublishedEvent>>> publishings) =>
        Task.WhenAll(publishings).WaitAsync(_patience, Cancel);

    /// <summary>Adds webhooks, and publishes until that is what an event is expected to make.</summary>
    private async Task HaveManyDeliveriesAsync(int perEvent)
    {
        while (await QueryAsync<long>("SELECT count(*) FROM webhooks") < perEvent)
        {
            await AddWebhookAsync(_org);
        }

        for (var count = 0; count < 8; count++)
        {
            await PublishAsync(Message(_org));
        }
    }

    /// <summary>Holds the table and publishes so many events one after the other that whoever comes next has to wait.</summary>
    private async Task<Task<IReadOnlyList<PublishedEvent>>[]> OccupyAsync(CancellationToken? givesUp = null)
    {
        var connection = await Database.OpenConnectionAsync(Cancel);
        _held.Add(connection);
        await using var command = new NpgsqlCommand("BEGIN; LOCK TABLE webhook_deliveries IN ACCESS EXCLUSIVE MODE", connection);
        await command.ExecuteNonQueryAsync(Cancel);

        var publishings = new List<Task<IReadOnlyList<PublishedEvent>>>();
        while (publishings.Count < Running)
        {
            publishings.Add(PublishUntilAsync(Message(_org), givesUp ?? Cancel));
            await WaitUntilHeldAsync(publishings.Count);
        }

        return [.. publishings];
    }

    private async Task ReleaseTableAsync()
    {
        foreach (var connection in _held)
        {
            await using var command = new NpgsqlCommand("ROLLBACK", connection);
            await command.ExecuteNonQueryAsync(Cancel);
            await connection.DisposeAsync();
        }

        _held.Clear();
    }

    private async Task WaitUntilHeldAsync(int statements)
    {
        for (var watch = Stopwatch.StartNew(); await HeldAsync() != statements; await Task.Delay(10, Cancel))
        {
            Assert.True(watch.Elapsed < _patience, $"{await HeldAsync()} instead of {statements} statements wait for the table.");
        }
    }

    private Task<long> HeldAsync() =>
        QueryAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");

    private async Task TerminateHeldAsync(int statements)
    {
        await WaitUntilHeldAsync(statements);
        await QueryAllAsync<bool>(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
    }

    private static async Task AssertOutageAsync(IEnumerable<Task> publishings)
    {
        foreach (var publishing in publishings)
        {
            var failure = await Assert.ThrowsAnyAsync<NpgsqlException>(() => publishing.WaitAsync(_patience, Cancel));
            Assert.True(DatabaseFailure.IsOutage(failure));
        }
    }

    private Task<long> CountAsync() => QueryAsync<long>("SELECT count(*) FROM webhook_deliveries");

    private Task<long> TransactionsAsync() => QueryAsync<long>("SELECT count(DISTINCT xmin::text) FROM webhook_deliveries");

    private Task<IReadOnlyList<int>> DeliveriesPerTransactionAsync() =>
        QueryAllAsync<int>("SELECT count(*)::int FROM webhook_deliveries GROUP BY xmin::text ORDER BY 1");
}
