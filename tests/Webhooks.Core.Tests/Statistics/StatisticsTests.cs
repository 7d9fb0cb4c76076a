using Microsoft.Extensions.DependencyInjection;
using Webhooks.Core.Cancellation;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Events;
using Webhooks.Core.Postgres;
using Webhooks.Core.Recoveries;
using Webhooks.Core.Redaction;
using Webhooks.Core.Redelivery;
using Webhooks.Core.Secrets;
using Webhooks.Core.Sending;
using Webhooks.Core.Signals;
using Webhooks.Core.Statistics;
using Webhooks.Core.Tests.Postgres;
using Webhooks.Core.Webhooks;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Statistics;

public sealed class StatisticsTests : DatabaseTest
{
    private static readonly TimeSpan _lease = TimeSpan.FromMinutes(1);

    private readonly Guid _org = Guid.NewGuid();
    private readonly SwitchableKeyRing _keys = new();
    private ServiceProvider? _services;

    private DeliveryStatistics Statistics => new(Database);

    private StatisticsFolding Folding => new(Database);

    private static StatisticsWindow Today
    {
        get
        {
            var now = DateTimeOffset.UtcNow;
            return StatisticsWindow.Around(now.AddHours(-1), now.AddMinutes(1), StatisticsInterval.Minute);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    [Fact]
    public async Task Counts_are_of_deliveries_when_they_were_created_and_of_attempts_when_they_were_made()
    {
        var webhook = await AddWebhookAsync(_org);
        await PublishManyAsync(_org, 4);
        var claims = await Deliveries.ClaimDueAsync(10, _lease, Cancel);
        var earlier = DateTimeOffset.UtcNow.AddMinutes(-30);
        await Deliveries.RecordAsync(
            [
                Result(claims[0], Answered(204), new NextStep.Succeeded(), 10),
                Result(claims[1], Answered(503), new NextStep.RetryAt(DateTimeOffset.UtcNow), 20, earlier),
                Result(claims[2], new SendOutcome.NotAnswered(SendError.Timeout, "Too long."), new NextStep.Failed(), 3000),
            ],
            Cancel);
        var again = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        await Deliveries.RecordAsync([Result(again, Answered(200), new NextStep.Succeeded(), 30)], Cancel);

        foreach (var added in new[] { false, true })
        {
            if (added)
            {
                await Folding.RunAsync(Cancel);
            }

            var report = Required(await Statistics.ReadAsync(_org, webhook, Today, StatisticsGrouping.Error, Cancel));
            Assert.Equal((4, 2, 1), (report.Totals.Deliveries, report.Totals.Succeeded, report.Totals.Failed));
            Assert.Equal((4, 2), (report.Totals.Attempts, report.Totals.FailedAttempts));
            Assert.Equal(2.0 / 3, report.Totals.SuccessRate);
            Assert.Equal(1.0 / 3, report.Totals.FirstAttemptRate);
            Assert.Equal(4.0 / 3, report.Totals.AverageAttempts);
            Assert.InRange(report.Totals.Durations.Percentile(50)!.Value, 19, 21);
            Assert.InRange(report.Totals.Durations.Percentile(99)!.Value, 2850, 3150);
            Assert.Equal(1, report.Series.Single(span => span.At == StatisticsInterval.Minute.Floor(earlier)).Counts.FailedAttempts);
            Assert.Equal(
                [("", 3, 0, 0), ("503", 0, 1, 0), ("timeout", 1, 1, 1)],
                report.Groups.Select(group =>
                    (group.Key, group.Counts.Deliveries, group.Counts.FailedAttempts, group.Counts.Failed)));
            Assert.Equal(
                ["user.created"],
                (await Statistics.ReadAsync(_org, Today, StatisticsGrouping.Event, null, Cancel)).Groups.Select(group => group.Key));
        }

        Assert.Empty(await StatisticsRecount.DifferencesAsync(Database, Cancel));
    }

    [Fact]
    public async Task Webhooks_are_told_apart_each_with_a_series_of_its_own()
    {
        var stranger = Guid.NewGuid();
        var foreign = await AddWebhookAsync(stranger);
        Guid[] own = [await AddWebhookAsync(_org), await AddWebhookAsync(_org)];
        await PublishManyAsync(_org, 3);
        await PublishManyAsync(stranger, 1);
        var deleted = await AddWebhookAsync(_org);
        await PublishManyAsync(_org, 1);
        await ExecuteAsync("UPDATE webhooks SET deleted_at = now(), secret = NULL, active = false WHERE id = $1", deleted);

        foreach (var added in new[] { false, true })
        {
            if (added)
            {
                await Folding.RunAsync(Cancel);
            }

            var report = await ByWebhookAsync(_org, null);
            Assert.Equal(9, report.Totals.Deliveries);
            Assert.Equal(
                own.Select(webhook => webhook.ToString()).Order(StringComparer.Ordinal), report.Groups.Select(group => group.Key));
            Assert.All(report.Groups, group =>
            {
                Assert.Equal(4, group.Counts.Deliveries);
                Assert.Equal(report.Series.Select(span => span.At), group.Series.Select(span => span.At));
                Assert.Equal(4, group.Series.Sum(span => span.Counts.Deliveries));
            });
            Assert.Equal(
                own[1].ToString(), Assert.Single((await ByWebhookAsync(_org, [own[1], foreign, deleted])).Groups).Key);
            var one = await ByWebhookAsync(new Reach(_org, own[0]), [own[0], own[1]]);
            Assert.Equal((4, own[0].ToString()), (one.Totals.Deliveries, Assert.Single(one.Groups).Key));
        }
    }

    [Fact]
    public async Task Of_many_webhooks_the_newest_are_told_apart()
    {
        var oldest = await AddWebhookAsync(_org);
        for (var more = 0; more < DeliveryStatistics.MostWebhooks; more++)
        {
            await AddWebhookAsync(_org);
        }

        await PublishManyAsync(_org, 1);

        var groups = (await ByWebhookAsync(_org, null)).Groups;
        Assert.Equal(DeliveryStatistics.MostWebhooks, groups.Count);
        Assert.DoesNotContain(groups, group => group.Key == oldest.ToString());
        Assert.Equal(oldest.ToString(), Assert.Single((await ByWebhookAsync(_org, [oldest])).Groups).Key);
    }

    [Fact]
    public async Task Nobody_is_told_of_another_organizations_webhook_or_counts()
    {
        var webhook = await AddWebhookAsync(_org);
        await PublishManyAsync(_org, 3);
        var stranger = Guid.NewGuid();

        Assert.Null(await Statistics.ReadAsync(stranger, webhook, Today, null, Cancel));
        Assert.Equal(0, (await Statistics.ReadAsync(stranger, Today, null, null, Cancel)).Totals.Deliveries);
        await Folding.RunAsync(Cancel);
        Assert.Equal(0, (await Statistics.ReadAsync(stranger, Today, null, null, Cancel)).Totals.Deliveries);
    }

    [Fact]
    public async Task Result_that_is_recorded_twice_or_after_its_lease_was_lost_counts_once()
    {
        await AddWebhookAsync(_org);
        await PublishAsync(_org);
        var claim = Assert.Single(await Deliveries.ClaimDueAsync(1, _lease, Cancel));
        var result = Result(claim, Answered(200), new NextStep.Succeeded(), 10);

        await Deliveries.RecordAsync([result], Cancel);
        await Deliveries.RecordAsync([result], Cancel);
        await Folding.RunAsync(Cancel);

        Assert.Empty(await StatisticsRecount.DifferencesAsync(Database, Cancel));
        Assert.Equal(1, (await Statistics.ReadAsync(_org, Today, null, null, Cancel)).Totals.Attempts);
    }

    [Fact]
    public async Task What_was_created_before_counting_began_is_not_counted_and_its_attempts_are()
    {
        await AddWebhookAsync(_org);
        await PublishAsync(_org);
        await ExecuteAsync("DELETE FROM webhook_statistics_changes");
        await ExecuteAsync("UPDATE webhook_statistics_start SET since = now()");
        var claim = Assert.Single(await Deliveries.ClaimDueAsync(1, _lease, Cancel));
        await Deliveries.RecordAsync([Result(claim, Answered(500), new NextStep.Failed(), 10)], Cancel);
        await Folding.RunAsync(Cancel);

        var totals = (await Statistics.ReadAsync(_org, Today, null, null, Cancel)).Totals;

        Assert.Equal((0, 0, 1, 1), (totals.Deliveries, totals.Failed, totals.Attempts, totals.FailedAttempts));
    }

    [Fact]
    public async Task Processes_that_add_up_at_once_while_others_record_count_everything_once_and_do_not_deadlock()
    {
        for (var webhooks = 0; webhooks < 5; webhooks++)
        {
            await AddWebhookAsync(_org);
        }

        using var recorded = new CancellationTokenSource();
        Task[] adding = [AddUpAsync(), AddUpAsync(), AddUpAsync()];
        await Task.WhenAll(RecordAsync(), RecordAsync());
        // Who claims passes over what the other is claiming, so some may be left.
        await RecordDueAsync(200);
        await recorded.CancelAsync();
        await Task.WhenAll(adding);
        await Folding.RunAsync(Cancel);

        Assert.Empty(await StatisticsRecount.DifferencesAsync(Database, Cancel));
        Assert.Equal(200, (await Statistics.ReadAsync(_org, Today, null, null, Cancel)).Totals.Succeeded);
        await AssertNoDeadlocksAsync();

        async Task AddUpAsync()
        {
            while (!recorded.IsCancellationRequested)
            {
                await Folding.RunAsync(Cancel);
            }
        }

        async Task RecordAsync()
        {
            for (var events = 0; events < 20; events++)
            {
                await Publisher.PublishAsync([Message(_org)], Cancel);
                await RecordDueAsync(5);
            }
        }

        async Task RecordDueAsync(int most)
        {
            var claims = await Deliveries.ClaimDueAsync(most, _lease, Cancel);
            await Deliveries.RecordAsync([.. claims.Select(claim => Result(claim, Answered(200), new NextStep.Succeeded(), 10))], Cancel);
        }
    }

    [Fact]
    public async Task Counts_are_dropped_when_they_are_as_old_as_their_interval_is_kept()
    {
        await AddWebhookAsync(_org);
        await PublishAsync(_org);
        await Folding.RunAsync(Cancel);
        foreach (var (minutes, days) in new[] { (1, 3), (60, 91), (1440, 402) })
        {
            await ExecuteAsync(
                """
                INSERT INTO webhook_statistics
                SELECT minutes, org_id, webhook_id, at - $2 * interval '1 day', event, error, deliveries, succeeded, failed, canceled,
                       skipped, first_attempt, ended_attempts, attempts, failed_attempts, durations
                FROM webhook_statistics WHERE minutes = $1
                """,
                (short)minutes,
                days);
        }

        Assert.Equal(12, await QueryAsync<int>("SELECT count(*)::int FROM webhook_statistics"));
        await Services().GetRequiredService<PartitionMaintenance>().RunAsync(Cancel);

        Assert.Equal(6, await QueryAsync<int>("SELECT count(*)::int FROM webhook_statistics"));
        Assert.Empty(await StatisticsRecount.DifferencesAsync(Database, Cancel));
    }

    /// <summary>Every operation there is, in an order that nobody chose.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Whatever_is_done_the_counts_are_those_of_the_deliveries(int seed)
    {
        await using var receiver = await Receiver.StartAsync(request => request.Path == "/fails" ? 500 : 200);
        var walk = new Random(seed);
        var services = Services();
        var store = services.GetRequiredService<WebhookStore>();
        var deliveries = services.GetRequiredService<DeliveryStore>();
        var webhooks = new List<Guid>();
        await CreateAsync("/works", "*");
        await CreateAsync("/fails", "user.created", "webhook.disabled", "webhook.enabled", "delivery.exhausted");
        var claims = new List<ClaimedDelivery>();
        await EndInEveryWayAsync();
        (string Name, Func<Task> Run)[] operations =
        [
            ("create", () => CreateAsync("/works", "*")),
            ("publish", () => PublishManyAsync(_org, walk.Next(1, 4))),
            ("publish", () => PublishManyAsync(_org, walk.Next(1, 4), "invoice.paid")),
            ("publish twice", PublishTwiceAsync),
            ("publish in parts", () => services.GetRequiredService<EventPublisher>().PublishAsync(
                [Message(_org, data: $$"""{"text":"{{new string('x', 3_000_000)}}"}""")], Cancel)),
            ("claim", ClaimAsync),
            ("claim", ClaimAsync),
            ("record", RecordAsync),
            ("record", RecordAsync),
            ("record", RecordAsync),
            ("release", async () => await deliveries.ReleaseAsync(Take(), Cancel)),
            ("park", async () => await deliveries.ParkAsync(Take(), TimeSpan.Zero, TimeSpan.Zero, Cancel)),
            ("cancel", CancelAsync),
            ("cancel", CancelAsync),
            ("cancel backlog", () => services.GetRequiredService<Cancellations>().CancelBacklogAsync(
                _org, Any(webhooks), DateTimeOffset.UtcNow, Cancel)),
            ("redeliver", RedeliverAsync),
            ("redact", RedactAsync),
            ("redeliver", RedeliverAsync),
            ("recover", RecoverAsync),
            ("deactivate", () => store.UpdateAsync(_org, Any(webhooks), new WebhookChanges(Active: false), null, Cancel)),
            ("activate", () => store.UpdateAsync(_org, Any(webhooks), new WebhookChanges(Active: true), null, Cancel)),
            ("activate", () => store.UpdateAsync(_org, Any(webhooks), new WebhookChanges(Active: true), null, Cancel)),
            ("delete", () => store.DeleteAsync(_org, Any(webhooks), null, Cancel)),
            ("test", () => services.GetRequiredService<TestDelivery>().SendAsync(_org, Any(webhooks), null, data: null, Cancel)),
            ("test that is not sent", TestWithoutKeysAsync),
            ("operational events", () => services.GetRequiredService<SignalPublisher>().RunAsync(Cancel)),
            ("add up", () => Folding.RunAsync(Cancel)),
        ];
        for (var step = 0; step < 150; step++)
        {
            // Each at least once.
            var (name, run) = step < operations.Length ? operations[step] : operations[walk.Next(operations.Length)];
            await run();
            await CompareAsync($"step {step}, {name}");
        }

        await Folding.RunAsync(Cancel);
        Assert.Empty(await StatisticsRecount.DifferencesAsync(Database, Cancel));
        Assert.Equal(0, await QueryAsync<int>("SELECT count(*)::int FROM webhook_statistics_changes"));
        foreach (var status in new[] { "succeeded", "failed", "canceled", "skipped" })
        {
            Assert.NotEqual(
                0, await QueryAsync<int>("SELECT count(*)::int FROM webhook_deliveries WHERE status = $1", status));
        }

        async Task CreateAsync(string path, params string[] events)
        {
            var webhook = new NewWebhook($"{receiver.Url}{path}", events, Active: true, Description: null);
            var created = Assert.IsType<WebhookCreation.Created>(await store.CreateAsync(_org, webhook, null, Cancel));
            webhooks.Add(created.Webhook.Id);
        }

        async Task EndInEveryWayAsync()
        {
            await PublishManyAsync(_org, 1);
            var (one, other) = (await deliveries.ClaimDueAsync(2, _lease, Cancel)) switch { var both => (both[0], both[1]) };
            await deliveries.RecordAsync(
                [
                    Result(one, Answered(200), new NextStep.Succeeded(), 10),
                    Result(other, Answered(404), new NextStep.Failed(), 20),
                ],
                Cancel);
            await PublishManyAsync(_org, 1);
            await store.UpdateAsync(_org, webhooks[0], new WebhookChanges(Active: false), null, Cancel);
            await PublishManyAsync(_org, 1);
        }

        async Task PublishTwiceAsync()
        {
            var message = Message(_org, key: $"key-{walk.Next()}");
            await Publisher.PublishAsync([message], Cancel);
            await Publisher.PublishAsync([message], Cancel);
        }

        async Task ClaimAsync()
        {
            claims.AddRange(await deliveries.ClaimDueAsync(walk.Next(1, 20), _lease, Cancel));
            if (walk.Next(4) == 0)
            {
                // Somebody else may have them now.
                await ExecuteAsync("UPDATE webhook_deliveries SET lease_until = now() WHERE lease_until IS NOT NULL");
            }
        }

        List<ClaimedDelivery> Take()
        {
            var taken = claims.Where(_ => walk.Next(2) == 0).ToList();
            claims.RemoveAll(taken.Contains);
            return taken;
        }

        Task RecordAsync() => deliveries.RecordAsync([.. Take().Select(Record)], Cancel);

        DeliveryResult Record(ClaimedDelivery claim) => (claim.CancelRequested || !claim.WebhookActive, walk.Next(6)) switch
        {
            (true, _) => new DeliveryResult(claim, Attempt: null, new NextStep.Canceled()),
            (_, 0) => Result(claim, Answered(503), new NextStep.RetryAt(DateTimeOffset.UtcNow), walk.Next(5000)),
            (_, 1) => Result(
                claim, new SendOutcome.NotAnswered(SendError.DnsError, "No."), new NextStep.RetryAt(DateTimeOffset.UtcNow), 3),
            (_, 2) => Result(claim, Answered(302), new NextStep.Failed(), walk.Next(5000)),
            (_, 3) => Result(claim, Answered(500), new NextStep.Aborted(), walk.Next(5000)),
            _ => Result(claim, Answered(200), new NextStep.Succeeded(), walk.Next(5000)),
        };

        async Task CancelAsync()
        {
            if (await AnyDeliveryAsync("pending") is { } delivery)
            {
                await services.GetRequiredService<Cancellations>().CancelAsync(_org, delivery.Webhook, delivery.Id, Cancel);
            }
        }

        async Task RedactAsync()
        {
            if (await AnyDeliveryAsync(Any(["pending", "canceled", "succeeded"])) is { } delivery)
            {
                await services.GetRequiredService<Redactions>().RedactAsync(_org, delivery.Webhook, delivery.Id, Cancel);
            }
        }

        async Task RedeliverAsync()
        {
            if (await AnyDeliveryAsync(walk.Next(2) == 0 ? "failed" : "succeeded") is { } delivery)
            {
                await services.GetRequiredService<Redeliveries>().RedeliverAsync(_org, delivery.Webhook, delivery.Id, null, Cancel);
            }
        }

        async Task RecoverAsync()
        {
            var now = DateTimeOffset.UtcNow;
            var scope = new RecoveryScope(now.AddHours(-1), now, ["failed", "canceled", "skipped"], null, null);
            await services.GetRequiredService<RecoveryStore>().CreateAsync(
                _org, Any(webhooks), new NewRecovery(scope, Rate: 1000), null, Cancel);
            var progress = services.GetRequiredService<RecoveryProgress>();
            foreach (var recovery in await progress.DueAsync(TimeSpan.Zero, 10, Cancel))
            {
                await services.GetRequiredService<RecoveryRunner>().StepAsync(recovery, Cancel);
            }
        }

        async Task TestWithoutKeysAsync()
        {
            _keys.Available = false;
            try
            {
                await services.GetRequiredService<TestDelivery>().SendAsync(_org, Any(webhooks), null, data: null, Cancel);
            }
            catch (SecretUnavailableException)
            {
                // As it should be.
            }
            finally
            {
                _keys.Available = true;
            }
        }

        T Any<T>(List<T> items) => items[walk.Next(items.Count)];

        async Task CompareAsync(string when)
        {
            var totals = (await Statistics.ReadAsync(_org, Today, null, null, Cancel)).Totals;
            var expected = await QueryAsync<string>("""
                SELECT concat_ws(
                    ' ', count(*), count(*) FILTER (WHERE status = 'succeeded'), count(*) FILTER (WHERE status = 'failed'),
                    count(*) FILTER (WHERE status = 'canceled'), count(*) FILTER (WHERE status = 'skipped'),
                    coalesce(sum(attempt_number), 0))
                FROM webhook_deliveries
                """);
            Assert.True(
                expected == $"{totals.Deliveries} {totals.Succeeded} {totals.Failed} {totals.Canceled} {totals.Skipped} {totals.Attempts}",
                $"{when}: {totals.Deliveries} {totals.Succeeded} {totals.Failed} {totals.Canceled} {totals.Skipped} {totals.Attempts} "
                + $"instead of {expected}");
        }
    }

    private async Task<(Guid Id, Guid Webhook)?> AnyDeliveryAsync(string status)
    {
        await using var command = Database.CreateCommand(
            "SELECT id, webhook_id FROM webhook_deliveries WHERE status = $1 ORDER BY random() LIMIT 1");
        command.Parameters.AddWithValue(status);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        return await reader.ReadAsync(Cancel) ? (reader.GetGuid(0), reader.GetGuid(1)) : null;
    }

    private ServiceProvider Services() => _services ??= new ServiceCollection()
        .AddLogging()
        .AddSingleton(Database)
        .AddSingleton<IKeyRing>(_keys)
        .AddWebhooksCore(new WebhooksOptions
        {
            RequireHttps = false,
            AllowedNetworks = [System.Net.IPNetwork.Parse("127.0.0.0/8")],
            CircuitOpensAfter = null,
        })
        .BuildServiceProvider();

    private static SendOutcome.Answered Answered(int status) => new(status, "");

    private Task<StatisticsReport> ByWebhookAsync(Reach reach, IReadOnlyList<Guid>? webhooks) =>
        Statistics.ReadAsync(reach, Today, StatisticsGrouping.Webhook, webhooks, Cancel);

    private static DeliveryResult Result(
        ClaimedDelivery claim, SendOutcome outcome, NextStep next, int milliseconds, DateTimeOffset? at = null) => new(
        claim,
        new Attempt(claim.AttemptsMade + 1, at ?? DateTimeOffset.UtcNow, TimeSpan.FromMilliseconds(milliseconds), outcome),
        next);
}
