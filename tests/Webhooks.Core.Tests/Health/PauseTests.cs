using Webhooks.Core.Deliveries;
using Webhooks.Core.Health;
using Webhooks.Core.Sending;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Health;

public sealed class PauseTests : DatabaseTest
{
    private static readonly TimeSpan _lease = TimeSpan.FromMinutes(1);

    private readonly Guid _org = Guid.NewGuid();

    private WebhookPauses Pauses => new(Database);

    [Fact]
    public async Task Ten_faults_of_the_receiver_in_a_row_open_the_circuit_for_half_a_minute_or_a_little_more()
    {
        var webhook = await AddWebhookAsync(_org);
        for (var fault = 1; fault < 10; fault++)
        {
            await RecordAsync(claim => fault % 2 == 0 ? claim.NotAnswered() : claim.Answered(fault % 3 == 0 ? 429 : 503));
        }

        Assert.Empty(await Pauses.FindAsync(Cancel));
        var paused = Assert.Single((await RecordAsync(claim => claim.Answered(500))).OfType<HealthChange.Paused>());

        Assert.Equal((webhook, Hold.Circuit, true), (paused.WebhookId, paused.By, paused.NeedsProbe));
        Assert.InRange(paused.Time.TotalSeconds, 30, 37.6);
        var pause = Assert.Single(await Pauses.FindAsync(Cancel));
        Assert.InRange(pause.Remaining.TotalSeconds, 1, 37.6);
        Assert.True(pause.NeedsProbe);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(301)]
    [InlineData(404)]
    public async Task Any_other_answer_ends_the_faults_in_a_row(int status)
    {
        await AddWebhookAsync(_org);
        for (var fault = 0; fault < 30; fault++)
        {
            await RecordAsync(claim => claim.Answered(fault % 9 == 8 ? status : 503));
        }

        Assert.Empty(await Pauses.FindAsync(Cancel));
    }

    [Fact]
    public async Task The_circuit_never_opens_when_the_setting_says_so()
    {
        await AddWebhookAsync(_org);
        await PublishManyAsync(_org, 30);
        var claims = await Deliveries.ClaimDueAsync(30, _lease, Cancel);

        await DeliveriesOn(Database, new WebhooksOptions { CircuitOpensAfter = null })
            .RecordAsync([.. claims.Select(claim => claim.NotAnswered())], Cancel);

        Assert.Empty(await Pauses.FindAsync(Cancel));
    }

    [Fact]
    public async Task After_the_pause_one_of_many_who_ask_may_find_out_whether_the_receiver_answers()
    {
        var webhook = await OpenAsync();
        Assert.NotNull(await Pauses.TryProbeAsync(webhook, _lease, Cancel));
        await EndPauseAsync();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => Task.Run(() => Pauses.TryProbeAsync(webhook, _lease, Cancel), Cancel)));

        Assert.Single(answers, pause => pause is null);
        Assert.NotNull(await Pauses.TryProbeAsync(webhook, _lease, Cancel));
    }

    [Fact]
    public async Task A_probe_whose_result_is_not_recorded_is_made_again_when_its_lease_has_ended()
    {
        var webhook = await OpenAsync();
        await EndPauseAsync();
        Assert.Null(await Pauses.TryProbeAsync(webhook, _lease, Cancel));
        await EndPauseAsync();

        Assert.Null(await Pauses.TryProbeAsync(webhook, _lease, Cancel));
    }

    [Fact]
    public async Task Each_probe_that_gets_no_answer_doubles_the_pause_up_to_a_quarter_of_an_hour()
    {
        var webhook = await OpenAsync();
        foreach (var seconds in (int[])[60, 120, 240, 480, 900, 900])
        {
            await EndPauseAsync();
            Assert.Null(await Pauses.TryProbeAsync(webhook, _lease, Cancel));
            var paused = Assert.Single((await RecordAsync(claim => claim.NotAnswered())).OfType<HealthChange.Paused>());
            Assert.InRange(paused.Time.TotalSeconds, seconds, (seconds * 1.25) + 0.1);
        }
    }

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    public async Task A_probe_that_gets_an_answer_closes_the_circuit(int status)
    {
        var webhook = await OpenAsync();
        await EndPauseAsync();
        Assert.Null(await Pauses.TryProbeAsync(webhook, _lease, Cancel));

        Assert.Contains(new HealthChange.Resumed(webhook), await RecordAsync(claim => claim.Answered(status)));

        Assert.Empty(await Pauses.FindAsync(Cancel));
        Assert.Null(await Pauses.TryProbeAsync(webhook, _lease, Cancel));
    }

    [Fact]
    public async Task A_late_success_and_late_faults_of_attempts_from_before_do_not_move_the_circuit()
    {
        await AddWebhookAsync(_org);
        await PublishManyAsync(_org, 2);
        var late = await Deliveries.ClaimDueAsync(2, _lease, Cancel);
        await FailAsync(10);
        var before = Assert.Single(await Pauses.FindAsync(Cancel));

        Assert.DoesNotContain(
            (await Deliveries.RecordAsync([late[0].Answered(200)], Cancel)).Changes, change => change is HealthChange.Resumed);
        Assert.Empty((await Deliveries.RecordAsync([late[1].NotAnswered()], Cancel)).Changes);

        var after = Assert.Single(await Pauses.FindAsync(Cancel));
        Assert.InRange(after.Remaining, TimeSpan.Zero, before.Remaining);
        Assert.Equal(1, await QueryAsync<int>("SELECT openings FROM webhook_health"));
    }

    [Fact]
    public async Task A_receiver_that_asks_for_time_pauses_its_webhook_without_a_probe_afterwards()
    {
        var webhook = await AddWebhookAsync(_org);

        var paused = Assert.Single(await RecordAsync(claim => claim.Answered(429, Wish(TimeSpan.FromHours(2)))));
        Assert.Empty(await RecordAsync(claim => claim.Answered(503, Wish(TimeSpan.FromMinutes(1)))));

        Assert.Equal(
            new HealthChange.Paused(webhook, Hold.RetryAfter, TimeSpan.FromHours(2), NeedsProbe: false), paused);
        var pause = Assert.Single(await Pauses.FindAsync(Cancel));
        Assert.InRange(pause.Remaining, TimeSpan.FromHours(1.9), TimeSpan.FromHours(2));
        await EndPauseAsync();
        Assert.Empty(await Pauses.FindAsync(Cancel));
    }

    [Fact]
    public async Task A_held_delivery_is_not_claimed_says_so_and_spends_no_attempt()
    {
        var webhook = await OpenAsync();
        var id = await PublishAsync(_org);

        Assert.Null(await Deliveries.ClaimAsync(id, _lease, Cancel));

        var until = await QueryAsync<DateTime>("SELECT paused_until FROM webhook_health");
        var shown = Required(await History.FindAsync(_org, webhook, id, Cancel)).Summary;
        Assert.Equal((DeliveryStatus.Pending, 0), (shown.Status, shown.AttemptNumber));
        Assert.Equal(new Hold(Hold.Circuit, until), shown.Held);
        var state = Required(await new PendingDeliveries(Database).FindAsync(id, Cancel));
        Assert.Equal(shown.Held, state.Held);
        Assert.True(state.DueIn > TimeSpan.FromSeconds(1), "whoever asked is told to come when the pause is over");
        Assert.Empty(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
    }

    [Fact]
    public async Task A_delivery_whose_own_time_comes_after_the_pause_is_not_held()
    {
        var webhook = await OpenAsync();
        var id = await PublishAsync(_org);
        await ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = now() + interval '1 h' WHERE id = $1", id);

        Assert.Null(Required(await History.FindAsync(_org, webhook, id, Cancel)).Summary.Held);
    }

    [Fact]
    public async Task Of_all_that_are_claimed_by_their_ids_after_the_pause_one_is_attempted()
    {
        await OpenAsync();
        var ids = await PublishManyAsync(_org, 8);
        await EndPauseAsync();

        var claims = await Task.WhenAll(ids.Select(id => Task.Run(() => Deliveries.ClaimAsync(id, _lease, Cancel), Cancel)));

        var probe = Assert.Single(claims.OfType<ClaimedDelivery>());
        await Deliveries.RecordAsync([probe.Answered(200)], Cancel);
        var others = await Task.WhenAll(ids.Where(id => id != probe.Id).Select(id => Deliveries.ClaimAsync(id, _lease, Cancel)));
        Assert.All(others, Assert.NotNull);
    }

    [Fact]
    public async Task What_is_parked_while_its_webhook_is_paused_stays_away_until_the_end_of_the_pause()
    {
        await OpenAsync();
        await ExecuteAsync("UPDATE webhook_health SET paused_until = now() + interval '3 h'");
        await PublishAsync(_org);
        var claims = await Deliveries.ClaimDueAsync(10, _lease, Cancel);

        await Deliveries.ParkAsync(claims, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(15), Cancel);

        Assert.True(await QueryAsync<bool>(
            "SELECT lease_until = (SELECT paused_until FROM webhook_health) FROM webhook_deliveries WHERE id = $1", claims[0].Id));
    }

    [Fact]
    public async Task Another_URL_and_enabling_end_the_pause()
    {
        var webhook = await OpenAsync();
        await ExecuteAsync("UPDATE webhooks SET url = 'https://example.com/new' WHERE id = $1", webhook);
        Assert.Empty(await Pauses.FindAsync(Cancel));

        await FailAsync(10);
        await ExecuteAsync("UPDATE webhooks SET active = false WHERE id = $1", webhook);
        await ExecuteAsync("UPDATE webhooks SET active = true WHERE id = $1", webhook);
        Assert.Empty(await Pauses.FindAsync(Cancel));
    }

    private static ReceiverWish Wish(TimeSpan retryAfter) => new(retryAfter, Abort: false, Disable: false);

    /// <summary>Adds a webhook whose circuit is open.</summary>
    private async Task<Guid> OpenAsync()
    {
        var webhook = await AddWebhookAsync(_org);
        await FailAsync(10);
        return webhook;
    }

    private async Task FailAsync(int times)
    {
        await PublishManyAsync(_org, times);
        var claims = await Deliveries.ClaimDueAsync(times, _lease, Cancel);
        await Deliveries.RecordAsync([.. claims.Select(claim => claim.NotAnswered())], Cancel);
    }

    private async Task<IReadOnlyList<HealthChange>> RecordAsync(Func<ClaimedDelivery, DeliveryResult> attempt)
    {
        await PublishAsync(_org);
        var claim = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        return (await Deliveries.RecordAsync([attempt(claim)], Cancel)).Changes;
    }

    private Task<int> EndPauseAsync() => ExecuteAsync("UPDATE webhook_health SET paused_until = now() - interval '1 ms'");
}
