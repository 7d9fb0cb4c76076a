using Microsoft.Extensions.Logging.Abstractions;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Idempotency;
using Webhooks.Core.Recoveries;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Recoveries;

public sealed class RecoveryTests : DatabaseTest
{
    private readonly Guid _org = Guid.NewGuid();
    private Guid _webhook;

    private RecoverableDeliveries Recoverable => new(Database, TimeProvider.System);

    private RecoveryStore Recoveries => new(Database, Recoverable, new KeyedRequests(Database));

    private RecoveryRunner Runner => new(
        new RecoveryProgress(Database),
        Recoverable,
        new ClaimedByEngine(),
        new DeliveryAnnouncement(Database, NullLogger<DeliveryAnnouncement>.Instance),
        NullLogger<RecoveryRunner>.Instance);

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _webhook = await AddWebhookAsync(_org);
    }

    [Fact]
    public async Task A_recovery_redelivers_each_delivery_of_its_scope_once_and_nothing_else()
    {
        var failed = await EndAsync(await PublishManyAsync(_org, 7), "failed");
        await EndAsync(await PublishManyAsync(_org, 2, "user.deleted"), "failed");
        await EndAsync(await PublishManyAsync(_org, 2), "canceled");
        await EndAsync(await PublishManyAsync(_org, 2), "succeeded");
        var test = await EndAsync(await PublishManyAsync(_org, 1), "failed");
        await ExecuteAsync("UPDATE webhook_deliveries SET test = true WHERE id = $1", test[0]);
        var early = await EndAsync(await PublishManyAsync(_org, 1), "failed");
        await ExecuteAsync("UPDATE webhook_deliveries SET created_at = now() - interval '2 days' WHERE id = $1", early[0]);
        var other = Guid.NewGuid();
        await AddWebhookAsync(other);
        await EndAsync(await PublishManyAsync(other, 2), "failed");

        var finished = await RunAsync(await BeginAsync(Scope(["failed"], ["user.created"])), "succeeded");

        Assert.Equal(failed, await RedeliveredAsync());
        Assert.Equal((7, 7, 7, 0), (finished.Total, finished.Redelivered, finished.Done, finished.Failed));
        Assert.NotNull(finished.FinishedAt);
        Assert.Equal(
            $"{finished.Id} 7 7 0",
            await QueryAsync<string>(
                """
                SELECT concat_ws(' ', data ->> 'recovery_id', data ->> 'total', data ->> 'done', data ->> 'failed')
                FROM webhook_signals WHERE event = 'recovery.finished'
                """));
        Assert.Equal(
            7,
            await QueryAsync<int>(
                """
                SELECT count(*)::int FROM webhook_deliveries AS again JOIN webhook_deliveries AS first ON first.id = again.redelivery_of
                WHERE first.redelivered_as = again.id AND again.event_id = first.event_id AND again.payload::text = first.payload::text
                """));
    }

    [Fact]
    public async Task Only_deliveries_with_the_last_answer_that_is_asked_for_are_redelivered_and_several_states_are_one_order()
    {
        var ids = await PublishManyAsync(_org, 6);
        await EndAsync([ids[0], ids[3], ids[5]], "failed");
        await EndAsync([ids[1], ids[2], ids[4]], "canceled");
        await ExecuteAsync("UPDATE webhook_deliveries SET response_status = 503 WHERE id <> $1", ids[2]);

        // A page has one delivery.
        var recovery = await BeginAsync(Scope(["canceled", "failed"]) with { ResponseStatus = 503 }, rate: 1);
        var order = new List<Guid>();
        while (await StepAsync(recovery) is { NextIn: not null } step)
        {
            order.AddRange(step.Made);
            await EndAsync(step.Made, "succeeded");
        }

        var first = await QueryAllAsync<Guid>(
            """
            SELECT redelivery_of FROM webhook_deliveries JOIN unnest($1) WITH ORDINALITY AS made (id, place) USING (id) ORDER BY place
            """,
            order);
        Assert.Equal(ids.Where(id => id != ids[2]).Order(), first);
    }

    [Fact]
    public async Task What_an_inactive_webhook_missed_is_recovered_once_it_is_active_though_much_lies_between()
    {
        await EndAsync(await PublishManyAsync(_org, 2100), "succeeded");
        await ExecuteAsync("UPDATE webhooks SET active = false");
        await PublishManyAsync(_org, 3);
        await ExecuteAsync("UPDATE webhooks SET active = true");
        await EndAsync(await PublishManyAsync(_org, 2100), "succeeded");
        var failed = await EndAsync(await PublishManyAsync(_org, 2), "failed");
        await EndAsync(await PublishManyAsync(_org, 2), "canceled");
        var skipped = await QueryAllAsync<Guid>("SELECT id FROM webhook_deliveries WHERE status = 'skipped'");

        var preview = Required(await Recoverable.PreviewAsync(_org, _webhook, Scope(["skipped", "failed"]), Cancel));
        var finished = await RunAsync(await BeginAsync(Scope(["skipped", "failed"])), "succeeded");

        Assert.Equal((3, 5, 5), (skipped.Count, preview.Count, finished.Done));
        Assert.Equal(skipped.Concat(failed).Order(), await RedeliveredAsync());
    }

    [Fact]
    public async Task What_has_been_redelivered_since_is_left_out_unless_that_has_failed_too()
    {
        var ids = await EndAsync(await PublishManyAsync(_org, 4), "failed");
        foreach (var (id, status) in ids.Zip(["succeeded", "pending", "failed"]))
        {
            var again = Guid.CreateVersion7();
            await ExecuteAsync(
                """
                INSERT INTO webhook_deliveries (id, webhook_id, org_id, event, event_id, payload, redelivery_of, status, next_attempt_at)
                SELECT $1, webhook_id, org_id, event, event_id, payload, id, $3, CASE WHEN $3 = 'pending' THEN now() + interval '1 hour' END
                FROM webhook_deliveries WHERE id = $2
                """,
                again, id, status);
            await ExecuteAsync("UPDATE webhook_deliveries SET redelivered_as = $1 WHERE id = $2", again, id);
        }

        var preview = Required(await Recoverable.PreviewAsync(_org, _webhook, Scope(["failed"]), Cancel));
        var finished = await RunAsync(await BeginAsync(Scope(["failed"])), "succeeded");

        Assert.Equal(2, preview.Count);
        Assert.Equal(2, finished.Redelivered);
        Assert.Equal(
            [ids[2], ids[3]],
            await QueryAllAsync<Guid>("SELECT redelivery_of FROM webhook_deliveries WHERE next_trigger = 'recovery' ORDER BY 1"));
    }

    [Fact]
    public async Task Runners_at_once_redeliver_nothing_twice_and_count_nothing_twice()
    {
        var ids = await EndAsync(await PublishManyAsync(_org, 400), "failed");
        var recovery = await BeginAsync(Scope(["failed"]), rate: 20);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => RunAsync(recovery, number % 2 == 0 ? "succeeded" : "failed")));

        var finished = Required(await Recoveries.FindAsync(_org, _webhook, recovery, Cancel));
        Assert.Equal(ids, await RedeliveredAsync());
        Assert.Equal((RecoveryState.Finished, 400, 400), (finished.State, finished.Redelivered, finished.Done + finished.Failed));
        Assert.Equal(
            finished.Done,
            await QueryAsync<int>("SELECT count(*)::int FROM webhook_deliveries WHERE status = 'succeeded' AND redelivery_of IS NOT NULL"));
        await AssertNoDeadlocksAsync();
    }

    [Fact]
    public async Task Many_are_counted_by_event_and_recovered_with_flat_memory_in_statements_that_look_at_a_bounded_part_of_them()
    {
        const int Failed = 25_000;
        await ExecuteAsync(
            """
            INSERT INTO webhook_deliveries (id, webhook_id, org_id, event, event_id, payload, status)
            SELECT webhook_delivery_id(event_id, $1), $1, $2, CASE WHEN number % 5 = 0 THEN 'user.deleted' ELSE 'user.created' END,
                   event_id, jsonb_build_object('number', number, 'text', repeat('x', 1000)), 'failed'
            FROM (
                SELECT number,
                       overlay(gen_random_uuid()::text PLACING left(webhook_least_id(now())::text, 13) FROM 1 FOR 13)::uuid AS event_id
                FROM generate_series(1, $3) AS number
            ) AS event
            """,
            _webhook, _org, Failed);
        var preview = Required(await Recoverable.PreviewAsync(_org, _webhook, Scope(["failed"]), Cancel));
        var recovery = await BeginAsync(Scope(["failed"]), rate: 10_000);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var samples = new List<long>();

        var pages = 0;
        while (await StepAsync(recovery) is { NextIn: not null } step)
        {
            await EndAsync(step.Made, "succeeded");
            if (++pages % 10 == 0)
            {
                samples.Add(GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        var finished = Required(await Recoveries.FindAsync(_org, _webhook, recovery, Cancel));
        Assert.Equal((Failed, true), (preview.Count, preview.Complete));
        Assert.Equal((Failed / 5, Failed * 4 / 5), (preview.ByEvent["user.deleted"], preview.ByEvent["user.created"]));
        Assert.Equal((Failed, Failed, Failed), (finished.Total, finished.Redelivered, finished.Done));
        Assert.Equal(
            Failed, await QueryAsync<int>("SELECT count(DISTINCT redelivery_of)::int FROM webhook_deliveries"));
        Assert.InRange(pages, Failed / 500, int.MaxValue);
        // What grew with the recovery would be in each of the last; what other tests hold for a while is not.
        Assert.InRange(samples.TakeLast(3).Min(), long.MinValue, 8 * 1024 * 1024);
    }

    [Fact]
    public async Task A_preview_says_when_the_first_and_the_last_were_created()
    {
        var ids = await EndAsync(await PublishManyAsync(_org, 3), "failed");
        var (oldest, newest) = (DateTimeOffset.UtcNow.AddHours(-3), DateTimeOffset.UtcNow.AddHours(-1));
        await ExecuteAsync("UPDATE webhook_deliveries SET created_at = $1", oldest.AddHours(1));
        await ExecuteAsync("UPDATE webhook_deliveries SET created_at = $1 WHERE id = $2", newest, ids[0]);
        await ExecuteAsync("UPDATE webhook_deliveries SET created_at = $1 WHERE id = $2", oldest, ids[2]);

        var preview = Required(await Recoverable.PreviewAsync(_org, _webhook, Scope(["failed"]), Cancel));
        var none = Required(await Recoverable.PreviewAsync(_org, _webhook, Scope(["canceled"]), Cancel));

        Assert.Equal((0, 0), ((preview.Oldest - oldest)!.Value.Milliseconds, (preview.Newest - newest)!.Value.Milliseconds));
        Assert.Equal((0, null, null, true), (none.Count, none.Oldest, none.Newest, none.Complete));
    }

    [Fact]
    public async Task A_paused_recovery_makes_nothing_until_it_is_resumed_and_a_canceled_one_never()
    {
        await EndAsync(await PublishManyAsync(_org, 3), "failed");
        var recovery = await BeginAsync(Scope(["failed"]), rate: 1);
        await StepAsync(recovery);

        var paused = Assert.IsType<RecoveryChange.Made>(await Recoveries.PauseAsync(_org, _webhook, recovery, Cancel));
        Assert.Null(Required(await StepAsync(recovery)).NextIn);
        var whilePaused = (await RedeliveredAsync()).Count;
        Assert.IsType<RecoveryChange.Made>(await Recoveries.ResumeAsync(_org, _webhook, recovery, Cancel));
        await StepAsync(recovery);
        var resumed = (await RedeliveredAsync()).Count;
        var canceled = Assert.IsType<RecoveryChange.Made>(await Recoveries.CancelAsync(_org, _webhook, recovery, Cancel));
        Assert.Null(Required(await StepAsync(recovery)).NextIn);

        Assert.Equal((RecoveryState.Paused, RecoveryText.Requested), (paused.Recovery.State, paused.Recovery.Reason));
        Assert.Equal((1, 2, 2), (whilePaused, resumed, (await RedeliveredAsync()).Count));
        Assert.Equal((RecoveryState.Canceled, RecoveryText.Requested), (canceled.Recovery.State, canceled.Recovery.Reason));
        Assert.Equal(0, await QueryAsync<int>("SELECT count(*)::int FROM recovery_deliveries"));
        Assert.Equal(
            new RecoveryChange.Ended(RecoveryState.Canceled), await Recoveries.ResumeAsync(_org, _webhook, recovery, Cancel));
    }

    [Fact]
    public async Task A_recovery_whose_webhook_is_deactivated_is_paused_and_says_why_and_goes_on_when_it_is_active_again()
    {
        await EndAsync(await PublishManyAsync(_org, 2), "failed");
        var recovery = await BeginAsync(Scope(["failed"]), rate: 1);
        await ExecuteAsync("UPDATE webhooks SET active = false");

        var paused = Required(await StepAsync(recovery));
        var refused = await Recoveries.ResumeAsync(_org, _webhook, recovery, Cancel);
        await ExecuteAsync("UPDATE webhooks SET active = true");
        await Recoveries.ResumeAsync(_org, _webhook, recovery, Cancel);
        var finished = await RunAsync(recovery, "succeeded");

        Assert.Equal(
            (RecoveryState.Paused, RecoveryText.WebhookInactive, 0),
            (paused.Recovery.State, paused.Recovery.Reason, paused.Recovery.Redelivered));
        Assert.IsType<RecoveryChange.WebhookInactive>(refused);
        Assert.Equal((RecoveryState.Finished, 2), (finished.State, finished.Done));
    }

    [Fact]
    public async Task A_recovery_whose_webhook_is_deleted_is_canceled_and_says_why()
    {
        await EndAsync(await PublishManyAsync(_org, 2), "failed");
        var recovery = await BeginAsync(Scope(["failed"]), rate: 1);
        await StepAsync(recovery);
        await ExecuteAsync("UPDATE webhooks SET active = false, deleted_at = now(), secret = NULL");

        var canceled = Required(await StepAsync(recovery));

        Assert.Equal((RecoveryState.Canceled, RecoveryText.WebhookDeleted), (canceled.Recovery.State, canceled.Recovery.Reason));
        Assert.Null(canceled.NextIn);
        Assert.Single(await RedeliveredAsync());
    }

    [Fact]
    public async Task A_recovery_waits_while_live_events_are_due_to_its_webhook()
    {
        await EndAsync(await PublishManyAsync(_org, 5), "failed");
        var recovery = await BeginAsync(Scope(["failed"]), rate: 10);
        var live = await PublishManyAsync(_org, 60);

        var waiting = Required(await StepAsync(recovery));
        await EndAsync(live, "succeeded");
        var going = Required(await StepAsync(recovery));

        Assert.Empty(waiting.Made);
        Assert.Equal(5, going.Made.Count);
    }

    [Fact]
    public async Task The_next_page_is_due_when_the_rate_allows_it()
    {
        await EndAsync(await PublishManyAsync(_org, 40), "failed");
        var recovery = await BeginAsync(Scope(["failed"]), rate: 2);

        var made = 0;
        RecoveryStep step;
        do
        {
            step = Required(await Runner.StepAsync(recovery, Cancel));
            made += step.Made.Count;
        }
        while (step.NextIn <= TimeSpan.Zero);

        // A second's worth at most has gathered before the first.
        Assert.InRange(made, 1, 4);
        Assert.InRange(step.NextIn!.Value, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(2));
        Assert.Empty(Required(await Runner.StepAsync(recovery, Cancel)).Made);
    }

    private static RecoveryScope Scope(IReadOnlyList<string> statuses, IReadOnlyList<string>? events = null) =>
        new(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), statuses, events, ResponseStatus: null);

    private async Task<Guid> BeginAsync(RecoveryScope scope, int rate = 100) => Assert.IsType<RecoveryCreation.Begun>(
        await Recoveries.CreateAsync(_org, _webhook, new NewRecovery(scope, rate), key: null, Cancel)).Recovery.Id;

    /// <summary>Makes a step now, whatever the rate says.</summary>
    private async Task<RecoveryStep?> StepAsync(Guid recovery)
    {
        await ExecuteAsync("UPDATE webhook_recoveries SET next_step_at = now(), next_count_at = now() WHERE id = $1", recovery);
        return await Runner.StepAsync(recovery, Cancel);
    }

    /// <summary>Makes all steps; what they make ends in a status.</summary>
    private async Task<Recovery> RunAsync(Guid recovery, string status)
    {
        while (await StepAsync(recovery) is { NextIn: not null } step)
        {
            await EndAsync(step.Made, status);
        }

        return Required(await Recoveries.FindAsync(_org, _webhook, recovery, Cancel));
    }

    private Task<IReadOnlyList<Guid>> RedeliveredAsync() =>
        QueryAllAsync<Guid>("SELECT redelivery_of FROM webhook_deliveries WHERE redelivery_of IS NOT NULL ORDER BY 1");

    private async Task<IReadOnlyList<Guid>> EndAsync(IReadOnlyList<Guid> deliveries, string status)
    {
        await ExecuteAsync(
            "UPDATE webhook_deliveries SET status = $1, next_attempt_at = NULL WHERE id = ANY ($2)", status, deliveries.ToArray());
        return [.. deliveries.Order()];
    }
}
