using Webhooks.Core.Deliveries;
using Webhooks.Core.Health;
using Webhooks.Core.Idempotency;
using Webhooks.Core.Secrets;
using Webhooks.Core.Sending;
using Webhooks.Core.Tests.Postgres;
using Webhooks.Core.Webhooks;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Health;

public sealed class HealthRecordingTests : DatabaseTest
{
    private static readonly TimeSpan _lease = TimeSpan.FromMinutes(1);

    private readonly Guid _org = Guid.NewGuid();

    [Fact]
    public async Task A_webhook_is_unknown_until_an_attempt_succeeds()
    {
        var webhook = await AddWebhookAsync(_org);
        Assert.Equal(HealthState.Unknown, (await HealthAsync(webhook)).State);
        await RecordAsync(claim => claim.Answered(503));
        Assert.Equal(HealthState.Unknown, (await HealthAsync(webhook)).State);

        await RecordAsync(claim => claim.Answered(204));

        var health = await HealthAsync(webhook);
        Assert.Equal(HealthState.Healthy, health.State);
        Assert.NotNull(health.LastSuccessAt);
    }

    [Fact]
    public async Task Failures_in_a_row_make_a_webhook_failing_once_and_a_success_ends_it()
    {
        var webhook = await AddWebhookAsync(_org);

        Assert.Empty(await RecordAsync(claim => claim.Answered(500)));
        Assert.Empty(await RecordAsync(claim => claim.NotAnswered()));
        var failing = Assert.IsType<HealthChange.Failing>(Assert.Single(await RecordAsync(claim => claim.Answered(404))));
        Assert.Empty(await RecordAsync(claim => claim.Answered(500)));

        var health = await HealthAsync(webhook);
        Assert.Equal(HealthState.Failing, health.State);
        Assert.Equal(4, health.ConsecutiveFailures);
        Assert.Equal(health.FailingSince, failing.Since);
        Assert.Equal((webhook, 3), (failing.WebhookId, failing.ConsecutiveFailures));

        Assert.Equal([new HealthChange.Recovered(webhook)], await RecordAsync(claim => claim.Answered(200)));
        health = await HealthAsync(webhook);
        Assert.Equal((HealthState.Healthy, 0, null), (health.State, health.ConsecutiveFailures, health.FailingSince));
        Assert.NotNull(health.LastFailureAt);
    }

    [Fact]
    public async Task A_receiver_that_alternates_200_and_500_never_changes_its_state()
    {
        var webhook = await AddWebhookAsync(_org);
        for (var round = 0; round < 10; round++)
        {
            Assert.Empty(await RecordAsync(claim => claim.Answered(round % 2 == 0 ? 200 : 500)));
        }

        Assert.Equal(HealthState.Healthy, (await HealthAsync(webhook)).State);
    }

    [Fact]
    public async Task A_result_whose_lease_was_lost_and_one_that_is_recorded_again_count_nothing()
    {
        var webhook = await AddWebhookAsync(_org);
        await PublishAsync(_org);
        var claim = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));

        await Deliveries.RecordAsync([claim.Answered(500)], Cancel);
        await Deliveries.RecordAsync([claim.Answered(410)], Cancel);

        Assert.Equal(1, (await HealthAsync(webhook)).ConsecutiveFailures);
        Assert.True((await FindAsync(webhook)).Active);
    }

    [Theory]
    [InlineData(410, false, DisabledReason.Gone)]
    [InlineData(500, true, DisabledReason.ReceiverRequest)]
    [InlineData(200, true, DisabledReason.ReceiverRequest)]
    public async Task A_receiver_that_is_gone_or_asks_for_it_disables_its_webhook(int status, bool asks, string reason)
    {
        var webhook = await AddWebhookAsync(_org);
        var other = await AddWebhookAsync(_org, "user.deleted");
        var before = await FindAsync(webhook);

        var changes = await RecordAsync(
            claim => claim.Answered(status, asks ? new ReceiverWish(RetryAfter: null, Abort: false, Disable: true) : null));

        Assert.Equal([new HealthChange.Disabled(webhook, reason)], changes);
        var disabled = await FindAsync(webhook);
        Assert.Equal((false, reason), (disabled.Active, disabled.DisabledReason));
        Assert.NotNull(disabled.DisabledAt);
        Assert.True(disabled.UpdatedAt > before.UpdatedAt, "servers that hold claims of it have to see that it changed");
        Assert.True((await FindAsync(other)).Active);
    }

    [Fact]
    public async Task Of_a_webhook_that_somebody_deactivated_the_reason_stays()
    {
        var webhook = await AddWebhookAsync(_org);
        await PublishAsync(_org);
        var claim = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        await UpdateAsync(webhook, new WebhookChanges(Active: false));

        Assert.Empty((await Deliveries.RecordAsync([claim.Answered(410)], Cancel)).Changes);

        Assert.Equal(DisabledReason.Manual, (await FindAsync(webhook)).DisabledReason);
    }

    [Fact]
    public async Task A_webhook_that_is_created_inactive_says_so()
    {
        var webhook = await AddWebhookAsync(_org);
        await ExecuteAsync(
            "INSERT INTO webhooks (id, org_id, url, events, secret, active) SELECT $1, org_id, url, events, secret, false FROM webhooks",
            Guid.CreateVersion7());

        Assert.Null((await FindAsync(webhook)).DisabledReason);
        Assert.Equal(
            DisabledReason.Manual,
            await QueryAsync<string>("SELECT disabled_reason FROM webhooks WHERE NOT active AND disabled_at = created_at"));
    }

    [Fact]
    public async Task A_webhook_that_fails_for_five_days_is_disabled_at_the_next_failure()
    {
        var webhook = await AddWebhookAsync(_org);
        await RecordAsync(claim => claim.Answered(500));
        await AgeAsync(TimeSpan.FromHours(12));
        await RecordAsync(claim => claim.Answered(500));
        await AgeAsync(TimeSpan.FromHours(107));
        Assert.Single(await RecordAsync(claim => claim.Answered(500)));
        Assert.True((await FindAsync(webhook)).Active);
        await AgeAsync(TimeSpan.FromHours(1));

        Assert.Equal(
            [new HealthChange.Disabled(webhook, DisabledReason.Failing)], await RecordAsync(claim => claim.NotAnswered()));

        var disabled = await FindAsync(webhook);
        Assert.Equal((false, DisabledReason.Failing), (disabled.Active, disabled.DisabledReason));
        Assert.Equal(4, disabled.Health.ConsecutiveFailures);
    }

    [Fact]
    public async Task A_success_within_the_five_days_starts_them_again()
    {
        var webhook = await AddWebhookAsync(_org);
        await RecordAsync(claim => claim.Answered(500));
        await AgeAsync(TimeSpan.FromDays(1));
        await RecordAsync(claim => claim.Answered(500));
        await AgeAsync(TimeSpan.FromDays(3));
        await RecordAsync(claim => claim.Answered(200));
        await RecordAsync(claim => claim.Answered(500));
        await AgeAsync(TimeSpan.FromDays(3));
        await RecordAsync(claim => claim.Answered(500));
        await AgeAsync(TimeSpan.FromDays(1));
        await RecordAsync(claim => claim.Answered(500));

        Assert.True((await FindAsync(webhook)).Active);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(-6)]
    [InlineData(20_000)]
    public async Task A_clock_that_jumps_disables_nobody(int days)
    {
        var webhook = await AddWebhookAsync(_org);
        await RecordAsync(claim => claim.Answered(500));
        await AgeAsync(TimeSpan.FromDays(days));
        for (var failure = 0; failure < 5; failure++)
        {
            await RecordAsync(claim => claim.Answered(500));
            await AgeAsync(TimeSpan.FromHours(2));
        }

        Assert.True((await FindAsync(webhook)).Active);
        Assert.Equal(6, (await HealthAsync(webhook)).ConsecutiveFailures);
    }

    [Fact]
    public async Task Nobody_is_disabled_for_failing_when_the_setting_says_never()
    {
        var webhook = await AddWebhookAsync(_org);
        var never = DeliveriesOn(Database, new WebhooksOptions { DisableAfter = null });
        for (var failure = 0; failure < 4; failure++)
        {
            await RecordAsync(claim => claim.Answered(500), never);
            await AgeAsync(TimeSpan.FromDays(100));
        }

        Assert.True((await FindAsync(webhook)).Active);
    }

    [Fact]
    public async Task Two_servers_that_see_the_last_failure_at_once_disable_once()
    {
        var webhook = await AddWebhookAsync(_org);
        await PublishManyAsync(_org, 32);
        var claims = await Deliveries.ClaimDueAsync(32, _lease, Cancel);

        var recorded = await Task.WhenAll(
            claims.Select(claim => Task.Run(() => Deliveries.RecordAsync([claim.Answered(410)], Cancel), Cancel)));

        var changes = recorded.SelectMany(result => result.Changes).ToArray();
        Assert.Single(changes.OfType<HealthChange.Disabled>());
        Assert.Single(changes.OfType<HealthChange.Failing>());
        Assert.Equal(32, (await HealthAsync(webhook)).ConsecutiveFailures);
        await AssertNoDeadlocksAsync();
    }

    [Fact]
    public async Task Recorders_of_many_webhooks_at_once_lose_no_failure_and_do_not_deadlock()
    {
        var webhooks = new List<Guid>();
        for (var number = 0; number < 20; number++)
        {
            webhooks.Add(await AddWebhookAsync(_org));
        }

        await PublishManyAsync(_org, 20);
        var random = new Random(3);
        var claims = (await Deliveries.ClaimDueAsync(400, _lease, Cancel)).OrderBy(_ => random.Next()).ToArray();

        var recorded = await Task.WhenAll(claims.Chunk(20).Select(
            some => Task.Run(() => Deliveries.RecordAsync([.. some.Select(claim => claim.Answered(503))], Cancel), Cancel)));

        Assert.Equal(20, recorded.Sum(result => result.Changes.OfType<HealthChange.Failing>().Count()));
        Assert.All(await QueryAllAsync<int>("SELECT consecutive_failures FROM webhook_health"), failures => Assert.Equal(20, failures));
        await AssertNoDeadlocksAsync();
    }

    [Fact]
    public async Task A_result_that_was_claimed_for_the_URL_before_says_nothing_of_the_new_one()
    {
        var webhook = await AddWebhookAsync(_org);
        await PublishAsync(_org);
        var claim = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        await UpdateAsync(webhook, new WebhookChanges(Url: "https://example.com/new"));

        Assert.Empty((await Deliveries.RecordAsync([claim.Answered(410)], Cancel)).Changes);

        Assert.True((await FindAsync(webhook)).Active);
        Assert.Equal(HealthState.Unknown, (await HealthAsync(webhook)).State);
    }

    [Fact]
    public async Task Enabling_resets_health_and_makes_one_probe_and_to_repeat_it_makes_none()
    {
        var webhook = await AddWebhookAsync(_org, "user.deleted");
        await PublishManyAsync(_org, 4, "user.deleted");
        var claims = await Deliveries.ClaimDueAsync(10, _lease, Cancel);
        await Deliveries.RecordAsync([.. claims.Select(claim => claim.Answered(410))], Cancel);

        var enabled = await UpdateAsync(webhook, new WebhookChanges(Active: true));

        Assert.Equal((true, null, null), (enabled.Active, enabled.DisabledAt, enabled.DisabledReason));
        Assert.Equal(new WebhookHealth(0, null, null, null, CircuitState.Closed, null, null), enabled.Health);
        await UpdateAsync(webhook, new WebhookChanges(Active: true));
        var probe = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        Assert.Equal((AttemptTrigger.Probe, true, "user.deleted"), (probe.Trigger, probe.Test, probe.Event));
        await Deliveries.RecordAsync([probe.Answered(200)], Cancel);
        Assert.Equal(HealthState.Healthy, (await HealthAsync(webhook)).State);
        Assert.Equal(
            "probe", await QueryAsync<string>("SELECT attempts -> 0 ->> 'trigger' FROM webhook_deliveries WHERE test"));
    }

    [Fact]
    public async Task A_webhook_that_answers_the_same_again_and_again_is_not_written_to()
    {
        await AddWebhookAsync(_org);
        await RecordAsync(claim => claim.Answered(200));
        const string Version = "SELECT (xmin::text || ctid::text || xmax::text) FROM webhook_health";
        var before = await QueryAsync<string>(Version);

        await RecordAsync(claim => claim.Answered(200));

        Assert.Equal(before, await QueryAsync<string>(Version));
    }

    [Fact]
    public async Task Batches_of_any_size_give_the_same_health()
    {
        var random = new Random(11);
        for (var sequence = 0; sequence < 15; sequence++)
        {
            var org = Guid.NewGuid();
            var webhook = await AddWebhookAsync(org);
            await PublishManyAsync(org, 24);
            var results = (await Deliveries.ClaimDueAsync(24, _lease, Cancel))
                .Select(claim => random.Next(3) == 0 ? claim.Answered(200) : claim.Answered(500)).ToArray();
            var changes = new List<HealthChange>();
            for (var (position, size) = (0, 0); position < results.Length; position += size)
            {
                size = random.Next(1, 9);
                changes.AddRange((await Deliveries.RecordAsync([.. results.Skip(position).Take(size)], Cancel)).Changes);
            }

            var failures = results.Reverse().TakeWhile(result => result.Next is not NextStep.Succeeded).Count();
            var health = await HealthAsync(webhook);
            Assert.Equal(failures, health.ConsecutiveFailures);
            Assert.Equal(failures > 0, health.FailingSince is not null);
            Assert.Equal(
                health.State == HealthState.Failing ? 1 : 0,
                changes.Sum(change => change is HealthChange.Failing ? 1 : -1));
        }
    }

    /// <summary>Makes one delivery, and records what came of its attempt.</summary>
    private async Task<IReadOnlyList<HealthChange>> RecordAsync(
        Func<ClaimedDelivery, DeliveryResult> attempt, DeliveryStore? deliveries = null)
    {
        await PublishAsync(_org);
        var claim = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        return (await (deliveries ?? Deliveries).RecordAsync([attempt(claim)], Cancel)).Changes;
    }

    /// <summary>Lets time pass, as far as the rows of health know of it.</summary>
    private Task<int> AgeAsync(TimeSpan time) => ExecuteAsync(
        """
        UPDATE webhook_health SET failing_since = failing_since - $1, failing_confirmed_at = failing_confirmed_at - $1,
            last_success_at = last_success_at - $1, last_failure_at = last_failure_at - $1
        """,
        time);

    private async Task<WebhookHealth> HealthAsync(Guid webhook) => (await FindAsync(webhook)).Health;

    private async Task<Webhook> FindAsync(Guid webhook)
    {
        var org = await QueryAsync<Guid>("SELECT org_id FROM webhooks WHERE id = $1", webhook);
        return Required(await Store().FindAsync(org, webhook, Cancel));
    }

    private async Task<Webhook> UpdateAsync(Guid webhook, WebhookChanges changes) =>
        Required(await Store().UpdateAsync(_org, webhook, changes, states: null, Cancel));

    private WebhookStore Store() =>
        new(Database, new SecretProtector(new SwitchableKeyRing()), new KeyedRequests(Database), Probes, Unpulled, new WebhooksOptions());
}
