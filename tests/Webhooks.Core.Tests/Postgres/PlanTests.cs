using System.Text.RegularExpressions;
using Npgsql;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Events;
using Webhooks.Core.History;
using Webhooks.Core.Postgres;
using Webhooks.Core.Pull;
using Webhooks.Core.Sending;
using Webhooks.Core.Telemetry;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Postgres;

/// <summary>The work on one webhook's or a few deliveries does not grow with the table.</summary>
public sealed partial class PlanTests : DatabaseTest
{
    private const int Rows = 60_000;
    private const int Webhooks = 10;
    private const int MostRowsRead = 300;

    private static readonly TimeSpan _lease = TimeSpan.FromMinutes(1);

    private readonly Guid _org = Guid.NewGuid();
    private readonly PlanLog _log = new();
    private readonly List<Guid> _webhooks = [];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Statements_read_few_rows_of_a_large_table(bool analyzed)
    {
        await FillAsync(analyzed);
        await using var observed = Observed();
        var deliveries = DeliveriesOn(observed);
        var history = new DeliveryHistory(observed);

        var claims = await ReadsFewRowsAsync("due", () => deliveries.ClaimDueAsync(100, _lease, Cancel));
        Assert.Equal(100, claims.Count);
        var more = await ReadsFewRowsAsync(
            "due of webhooks", () => deliveries.ClaimForWebhooksAsync(_webhooks.ToDictionary(id => id, _ => 5), _lease, Cancel));
        Assert.Equal(5 * Webhooks, more.Count);
        await ReadsFewRowsAsync("record", () => deliveries.RecordAsync([.. claims.Select(Success)], Cancel));
        await ReadsFewRowsAsync("park", async () =>
        {
            await deliveries.ParkAsync([.. more.Take(25)], TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), Cancel);
            return 0;
        });
        await ReadsFewRowsAsync("release", async () =>
        {
            await deliveries.ReleaseAsync([.. more.Skip(25)], Cancel);
            return 0;
        });
        await ReadsFewRowsAsync("claim one", () => deliveries.ClaimAsync(more[^1].Id, _lease, Cancel));
        await ReadsFewRowsAsync("find", () => history.FindAsync(_org, claims[0].WebhookId, claims[0].Id, Cancel));

        var pending = new PendingDeliveries(observed);
        await ReadsFewRowsAsync("still pending", () => pending.AmongAsync([.. more.Select(claim => claim.Id)], Cancel));
        await ReadsFewRowsAsync("state", () => pending.FindAsync(more[0].Id, Cancel));
        await ReadsFewRowsAsync(
            "not begun", () => pending.NotBegunAsync(new PublishedEvent(more[0].EventId, _org, "user.created", 1, []), Cancel));

        if (analyzed)
        {
            // Once a minute: it may sort what is pending as long as nobody knows how much that is.
            await ReadsFewRowsAsync("stranded", () => pending.StrandedAsync(TimeSpan.Zero, 100, Cancel));
        }

        await PageReadsFewRowsAsync(history, new DeliveryFilter());
        await PageReadsFewRowsAsync(history, new DeliveryFilter(DeliveryStatus.Failed));
        await PageReadsFewRowsAsync(history, new DeliveryFilter(DeliveryStatus.Canceled), rows: 0);
        await PageReadsFewRowsAsync(history, new DeliveryFilter(DeliveryStatus.Skipped), rows: 0);
        await PageReadsFewRowsAsync(history, new DeliveryFilter(Event: "user.deleted"));
        await PageReadsFewRowsAsync(history, new DeliveryFilter(Event: "invoice.paid"), rows: 0);
        await PageReadsFewRowsAsync(history, new DeliveryFilter(DeliveryStatus.Succeeded, Event: "user.deleted"));
        await PageReadsFewRowsAsync(history, new DeliveryFilter(ResponseStatus: 500));
        await PageReadsFewRowsAsync(history, new DeliveryFilter(DeliveryStatus.Succeeded, ResponseStatus: 500), rows: 0);
        await PageReadsFewRowsAsync(history, new DeliveryFilter(ResponseStatus: 404), rows: 0);
        await PageReadsFewRowsAsync(history, new DeliveryFilter(Event: "user.deleted", ResponseStatus: 500));
        await PageReadsFewRowsAsync(history, new DeliveryFilter(From: DateTimeOffset.UtcNow.AddMinutes(-1)));
    }

    [Fact]
    public async Task The_work_on_one_delivery_is_planned_for_one_partition()
    {
        await FillAsync(analyzed: true);
        await using var observed = Observed();
        var deliveries = DeliveriesOn(observed);
        var due = await new PendingDeliveries(observed).StrandedAsync(TimeSpan.Zero, 1, Cancel);

        _log.Clear();
        var claim = await deliveries.ClaimAsync(due[0], _lease, Cancel);
        Assert.Single(PartitionsInPlans());

        _log.Clear();
        await deliveries.RecordAsync([Success(claim!)], Cancel);
        Assert.Single(PartitionsInPlans());
    }

    [Fact]
    public async Task Recording_reads_nothing_between_deliveries_of_which_statistics_do_not_know_yet()
    {
        await AddWebhookAsync(_org);
        await DisableAutovacuumAsync();
        await Publisher.PublishAsync([.. Enumerable.Repeat(Message(_org), 200)], Cancel);
        await ExecuteAsync("ANALYZE webhook_deliveries");
        await ExecuteAsync("UPDATE webhook_deliveries SET status = 'succeeded', next_attempt_at = NULL");
        const int Recorded = 500;
        for (var batch = 0; batch < 8; batch++)
        {
            await Publisher.PublishAsync([.. Enumerable.Repeat(Message(_org), Recorded)], Cancel);
        }

        await using var observed = Observed();
        var deliveries = DeliveriesOn(observed);
        var claims = await deliveries.ClaimDueAsync(8 * Recorded, _lease, Cancel);
        _log.Clear();

        var recorded = await deliveries.RecordAsync([.. claims.Where((_, number) => number % 8 == 0).Select(Success)], Cancel);

        Assert.Equal(Recorded, recorded.Ids.Count);
        var plan = Assert.Single(_log.Plans, plan => plan.Contains("recorded", StringComparison.Ordinal));
        Assert.All(RowsRead(plan), rows => Assert.True(rows <= 2 * Recorded, $"{rows} rows are read:\n{plan}"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_organizations_history_reads_few_rows_however_many_others_have(bool analyzed)
    {
        const int Page = 20;
        await FillAsync(analyzed);
        var small = Guid.NewGuid();
        await AddWebhookAsync(small);
        await ExecuteAsync(
            "UPDATE webhooks SET deleted_at = now(), secret = NULL, active = false WHERE id = $1", await AddWebhookAsync(small));
        await Publisher.PublishAsync([.. Enumerable.Repeat(Message(small), 3)], Cancel);
        await using var observed = Observed();
        var history = new OrganizationHistory(observed);

        foreach (var filter in (DeliveryFilter[])
            [
                new(), new(DeliveryStatus.Failed), new(DeliveryStatus.Skipped), new(Event: "user.deleted"), new(ResponseStatus: 500),
                new(From: DateTimeOffset.UtcNow.AddMinutes(-1)),
            ])
        {
            var page = await ReadsFewRowsAsync(
                $"deliveries of {filter}", () => history.ListDeliveriesAsync(_org, filter, Page, null, Cancel));
            Assert.Equal(filter.Status == DeliveryStatus.Skipped ? 0 : Page, page.Items.Count);
            if (page.Next is { } after)
            {
                await ReadsFewRowsAsync(
                    $"next deliveries of {filter}", () => history.ListDeliveriesAsync(_org, filter, Page, after, Cancel));
            }

            var few = await ReadsFewRowsAsync(
                $"few deliveries of {filter}", () => history.ListDeliveriesAsync(small, filter, Page, null, Cancel));
            Assert.Equal(filter is { Status: null, ResponseStatus: null, Event: null } ? 3 : 0, few.Items.Count);
            await ReadsFewRowsAsync($"events of {filter}", () => history.ListEventsAsync(_org, filter, Page, null, Cancel));
            await ReadsFewRowsAsync($"few events of {filter}", () => history.ListEventsAsync(small, filter, Page, null, Cancel));
        }

        var one = (await history.ListDeliveriesAsync(_org, new DeliveryFilter(), 1, null, Cancel)).Items[0];
        var found = await ReadsFewRowsAsync(
            "delivery by its id", () => history.ListDeliveriesAsync(_org, new DeliveryFilter(Id: one.Id), Page, null, Cancel));
        Assert.Equal(one.Id, Assert.Single(found.Items).Id);

        var item = (await history.ListEventsAsync(small, new DeliveryFilter(), 1, null, Cancel)).Items[0];
        Required(await ReadsFewRowsAsync("event", () => history.FindEventAsync(small, item.Id, Cancel)));
    }

    [Theory]
    [InlineData("without a key")]
    [InlineData("with an id")]
    [InlineData("with a key")]
    public async Task The_work_on_a_large_set_grows_with_the_set_and_not_with_its_square(string kind)
    {
        const int Events = 200;
        const int Set = Events * Webhooks;
        await FillAsync(analyzed: false);
        for (var others = 0; others < 300; others++)
        {
            await AddWebhookAsync(Guid.NewGuid());
        }

        await using var observed = Observed();
        var publisher = PublisherOn(observed);
        var deliveries = DeliveriesOn(observed);

        // From then on PostgreSQL may keep a plan that suits any number.
        for (var before = 0; before < 6; before++)
        {
            await publisher.PublishAsync([Message(_org)], Cancel);
        }

        string? Key(int number) => kind switch { "with an id" => Guid.CreateVersion7().ToString(), "with a key" => $"{number}", _ => null };

        var published = await publisher.PublishAsync(
            [.. Enumerable.Range(0, Events).Select(number => Message(_org, key: Key(number)))], Cancel);
        Assert.Equal(Set, published.Sum(item => item.NewDeliveries.Count));
        var claims = await deliveries.ClaimDueAsync(Set, _lease, Cancel);
        Assert.Equal(Set, (await deliveries.RecordAsync([.. claims.Select(Success)], Cancel)).Ids.Count);

        Assert.NotEmpty(_log.Plans);
        foreach (var plan in _log.Plans)
        {
            Assert.All(RowsRead(plan), rows => Assert.True(rows <= 10 * Set, $"{rows} rows are read:\n{plan}"));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pulling_and_reporting_read_few_rows_of_a_large_table(bool analyzed)
    {
        await FillAsync(analyzed);
        var webhook = _webhooks[0];
        await ExecuteAsync("UPDATE webhooks SET mode = 'pull', url = '' WHERE id = $1", webhook);
        await ExecuteAsync("UPDATE webhook_deliveries SET lease_until = 'infinity' WHERE webhook_id = $1 AND status = 'pending'", webhook);
        await using var observed = Observed();
        var store = new PullStore(observed);

        var (claims, _) = await ReadsFewRowsAsync("pull", () => store.ClaimAsync(_org, webhook, 50, Cancel));
        var (more, _) = await ReadsFewRowsAsync("pull more", () => store.ClaimAsync(_org, webhook, 50, Cancel));
        (Guid, Guid)[] leases = [.. claims.Select(claim => (claim.Id, claim.LeaseToken))];
        var held = await ReadsFewRowsAsync("leases", () => store.FindAsync(leases, webhook, Cancel));
        await ReadsFewRowsAsync("record", () => DeliveriesOn(observed).RecordAsync([.. held.Select(Success)], Cancel));
        await ExecuteAsync("UPDATE webhooks SET active = false WHERE id = $1", webhook);
        var stopped = await ReadsFewRowsAsync("stopped", () => store.FindStoppedAsync(Cancel));

        Assert.Equal((50, 50, 50, webhook), (claims.Count, more.Count, held.Count, Assert.Single(stopped).WebhookId));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pending_deliveries_are_counted_in_their_indexes(bool analyzed)
    {
        await FillAsync(analyzed);
        await using var observed = Observed();
        using var metrics = new WebhooksMetrics(TimeProvider.System);
        using var observer = new MeasurementRecorder(metrics);

        await new PendingCount(observed, metrics).RunAsync(Cancel);

        Assert.Equal(Rows / 5, Assert.Single(observer.Observe("webhooks.deliveries.pending")).Value);
        var plan = Assert.Single(_log.Plans, plan => plan.Contains("created_at", StringComparison.Ordinal));
        Assert.DoesNotMatch(@"(Seq|Bitmap Heap) Scan on webhook_deliveries_\d", plan);
        Assert.Matches(@"Index Only Scan using webhook_deliveries_\w+_webhook_id_id_next_attempt_at_idx", plan);
        Assert.Matches(@"Index Scan using webhook_deliveries_\w+_greatest_idx", plan);
    }

    [Fact]
    public async Task Pages_in_the_order_of_arrival_read_few_rows_of_a_large_table()
    {
        await FillAsync(analyzed: true);
        await ExecuteAsync(
            "UPDATE webhook_deliveries SET created_at = "
            + "least(now(), to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0))");
        await ExecuteAsync("DELETE FROM late_deliveries");
        await using var observed = Observed();
        var arrivals = new DeliveryArrivals(observed);

        foreach (var place in (ArrivalPlace[])[ArrivalPlace.Before(null), ArrivalPlace.Before(DateTimeOffset.UtcNow.AddHours(-50))])
        {
            var page = await ReadsFewRowsAsync(
                "arrivals", () => arrivals.ListAsync(_org, _webhooks[0], new DeliveryFilter(), 50, place, Cancel));
            Assert.Equal(50, page?.Items.Count);
        }
    }

    [Fact]
    public async Task The_operators_queries_use_their_indexes()
    {
        await FillAsync(analyzed: true);
        await using var observed = Observed();

        await ReadsFewRowsAsync("recent failures", () => ReadAsync(observed, MonitoringQueryTests.RecentFailures));
    }

    [GeneratedRegex(@"Seq Scan on webhook_deliveries_\d+")]
    private static partial Regex WholePartition();

    [GeneratedRegex(@"\bon webhook_deliveries_\w+")]
    private static partial Regex PartitionName();

    [GeneratedRegex(@"(?:(?:Scan|on) .*actual rows=(?<rows>\d+)(?:\.\d+)? loops=(?<loops>\d+))|(?:Rows Removed by \w+: (?<rows>\d+))")]
    private static partial Regex Reading();

    /// <summary>How many rows each scan of a plan gave, over all its loops, and how many each filter dropped.</summary>
    private static IEnumerable<long> RowsRead(string plan) => Reading().Matches(plan).Select(match =>
        long.Parse(match.Groups["rows"].Value) * (match.Groups["loops"].Success ? long.Parse(match.Groups["loops"].Value) : 1));

    private static DeliveryResult Success(ClaimedDelivery claim) => new(
        claim,
        new Attempt(1, DateTimeOffset.UtcNow, TimeSpan.FromSeconds(1), new SendOutcome.Answered(200, "")),
        new NextStep.Succeeded());

    private static async Task<int> ReadAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var rows = 0;
        while (await reader.ReadAsync(Cancel))
        {
            rows++;
        }

        return rows;
    }

    private async Task PageReadsFewRowsAsync(DeliveryHistory history, DeliveryFilter filter, int rows = 50)
    {
        var page = await ReadsFewRowsAsync($"page of {filter}", () => history.ListAsync(_org, _webhooks[0], filter, 50, null, Cancel));
        Assert.Equal(rows, page?.Items.Count);
        if (page?.Next is { } after)
        {
            await ReadsFewRowsAsync($"next page of {filter}", () => history.ListAsync(_org, _webhooks[0], filter, 50, after, Cancel));
        }
    }

    /// <summary>No large partition is read as a whole, and every scan gives or drops few rows.</summary>
    private async Task<T> ReadsFewRowsAsync<T>(string what, Func<Task<T>> statement)
    {
        _log.Clear();
        var result = await statement();
        var plans = _log.Plans.Where(plan => plan.Contains("webhook_deliveries", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(plans);
        foreach (var plan in plans)
        {
            Assert.False(WholePartition().IsMatch(plan), $"{what} reads all of a partition:\n{plan}");
            Assert.All(RowsRead(plan), rows => Assert.True(rows <= MostRowsRead, $"{what} reads {rows} rows:\n{plan}"));
        }

        return result;
    }

    private IEnumerable<string> PartitionsInPlans() =>
        _log.Plans.SelectMany(plan => PartitionName().Matches(plan)).Select(match => match.Value).Distinct();

    private NpgsqlDataSource Observed()
    {
        var connection = new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Options = PlanLog.ConnectionOptions };
        return new NpgsqlDataSourceBuilder(connection.ConnectionString).UseLoggerFactory(_log).Build();
    }

    /// <summary>Fills all partitions alike, without letting PostgreSQL gather statistics by itself.</summary>
    private async Task FillAsync(bool analyzed)
    {
        for (var count = 0; count < Webhooks; count++)
        {
            _webhooks.Add(await AddWebhookAsync(_org));
        }

        await DisableAutovacuumAsync();
        var lastWeek = new DateTimeOffset(
            DeliveryPartition.At(DateTimeOffset.UtcNow).AddWeeks(-1).Monday, TimeOnly.MinValue, TimeSpan.Zero);
        await ExecuteAsync(
            """
            INSERT INTO webhook_deliveries
                (id, webhook_id, org_id, event, event_id, payload, status, next_attempt_at, response_status, attempt_number, created_at)
            SELECT webhook_delivery_id(event_id, webhook_id), webhook_id, $5, (ARRAY['user.created', 'user.deleted'])[1 + row / $2 % 2],
                   event_id, '{}', status, CASE WHEN status = 'pending' THEN now() - row * interval '1 second' END,
                   CASE status WHEN 'succeeded' THEN 200 WHEN 'failed' THEN 500 END, 1, now()
            FROM (SELECT row, $3[1 + row % $2] AS webhook_id,
                         encode(substr(int8send($4 + row * 6 * 7 * 86400000::bigint / $1), 3) || '\x7000800000'::bytea
                             || substr(int8send(row), 4), 'hex')::uuid AS event_id,
                         (ARRAY['succeeded', 'failed', 'pending', 'succeeded', 'failed'])[1 + row / 1000 % 5] AS status
                  FROM generate_series(0, $1 - 1) AS row) AS generated
            """,
            Rows, Webhooks, _webhooks.ToArray(), lastWeek.ToUnixTimeMilliseconds(), _org);
        if (analyzed)
        {
            await ExecuteAsync("ANALYZE webhook_deliveries");
        }
    }

    private async Task DisableAutovacuumAsync() => await ExecuteAsync("""
        DO $$ DECLARE name text; BEGIN
            FOR name IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'webhook_deliveries'::regclass LOOP
                EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', name);
            END LOOP;
        END $$
        """);
}
