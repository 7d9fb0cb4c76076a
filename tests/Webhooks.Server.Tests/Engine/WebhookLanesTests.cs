using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Sending;
using Webhooks.Server.Engine;

namespace Webhooks.Server.Tests.Engine;

public sealed class WebhookLanesTests
{
    private static readonly EngineOptions _options = new() { MaxInFlight = 40, MaxInFlightPerWebhook = 20 };

    private readonly FakeTimeProvider _clock = new();
    private readonly WebhookLanes _lanes;

    public WebhookLanesTests() => _lanes = new WebhookLanes(_options, new DueSignal(), _clock);

    [Fact]
    public void A_webhook_starts_with_few_attempts_and_doubles_them_while_it_answers_fast()
    {
        Add(Guid.NewGuid(), 100);

        foreach (var expected in new[] { 4, 8, 16, 20, 20 })
        {
            var started = StartAll();
            Assert.Equal(expected, started.Count);
            FinishAll(started, Answer());
        }
    }

    [Fact]
    public void Room_is_reserved_until_it_is_taken()
    {
        _lanes.TakeIn();
        Assert.Equal(100, _lanes.Reserve(100));
        Assert.Equal(_options.MaxQueued - 100, _lanes.Reserve(int.MaxValue));
        Assert.Equal(0, _lanes.Reserve(1));

        Assert.True(_lanes.TryTakeIn(100, [], _lanes.Now));
        Assert.Equal(100, _lanes.Reserve(int.MaxValue));
    }

    [Fact]
    public void What_is_stored_now_and_the_backlog_leave_each_other_room()
    {
        _lanes.TakeIn();
        var reserved = _lanes.Reserve(_options.MaxQueued);
        Assert.True(_lanes.TryTakeIn(reserved, ManyWebhooks(), _lanes.Now));
        Assert.Equal(0, _lanes.Reserve(1));
        Assert.Equal(_options.MaxQueued, _lanes.Room);

        _lanes.Add(ManyWebhooks(), _lanes.Now);
        Assert.Equal(0, _lanes.Room);

        for (var started = StartAll(); started.Count > 0; started = StartAll())
        {
            FinishAll(started, Answer());
        }

        Assert.Empty(_lanes.TakeExcess());
        Assert.Equal(_options.MaxQueued, _lanes.Reserve(int.MaxValue));
        Assert.Equal(_options.MaxQueued, _lanes.Room);
    }

    [Fact]
    public void Nothing_is_reserved_before_the_engine_runs_while_it_pauses_or_once_it_stops()
    {
        Assert.Equal(0, _lanes.Reserve(1));

        _lanes.TakeIn();
        _lanes.Pause();
        Assert.Equal(0, _lanes.Reserve(1));

        _lanes.Resume();
        Assert.Equal(1, _lanes.Reserve(1));

        _lanes.Close();
        Assert.Equal(0, _lanes.Reserve(1));
        Assert.False(_lanes.TryTakeIn(1, [Claim(Guid.NewGuid())], _lanes.Now));
    }

    [Fact]
    public void Attempts_that_fail_together_halve_the_window_once()
    {
        var webhook = Guid.NewGuid();
        Warm(webhook);
        Add(webhook, 50);
        var started = StartAll();
        _clock.Advance(TimeSpan.FromSeconds(30));
        FinishAll(started, NoAnswer(TimeSpan.FromSeconds(30)));

        Add(webhook, 50);
        Assert.Equal(started.Count / 2, StartAll().Count);
    }

    [Fact]
    public void Webhooks_take_turns()
    {
        var first = Guid.NewGuid();
        var second = Guid.NewGuid();
        Add(first, 10);
        Add(second, 10);

        Assert.Equal(
            [first, second, first, second, first, second, first, second], StartAll().Select(started => started.Delivery.WebhookId));
    }

    [Fact]
    public void Unknown_webhooks_leave_a_quarter_of_the_slots_to_those_that_have_answered_fast()
    {
        var healthy = Enumerable.Range(0, 20).Select(_ => Guid.NewGuid()).ToList();
        healthy.ForEach(Warm);
        for (var unknown = 0; unknown < 10; unknown++)
        {
            Add(Guid.NewGuid(), 10);
        }

        Assert.Equal(30, StartAll().Count);

        healthy.ForEach(webhook => Add(webhook, 1));
        Assert.Equal(healthy.Take(10), StartAll().Select(started => started.Delivery.WebhookId));
    }

    [Fact]
    public void A_webhook_that_turns_out_to_be_fast_goes_on_although_unknown_ones_hold_all_that_they_may()
    {
        var fast = Guid.NewGuid();
        Add(fast, 15);
        for (var unknown = 0; unknown < 20; unknown++)
        {
            Add(Guid.NewGuid(), 6);
        }

        var answered = StartAll().Where(started => started.Delivery.WebhookId == fast).ToList();
        FinishAll(answered, Answer());

        var next = StartAll();
        Assert.Equal(2 * answered.Count, next.Count(started => started.Delivery.WebhookId == fast));
    }

    [Fact]
    public void Slow_webhooks_leave_half_of_the_slots_to_others()
    {
        var slow = Enumerable.Range(0, 10).Select(_ => Guid.NewGuid()).ToList();
        slow.ForEach(webhook => Add(webhook, 10));
        var started = StartAll();
        Hang();
        FinishAll(started, NoAnswer(TimeSpan.FromSeconds(1)));
        slow.ForEach(webhook => Add(webhook, 10));

        Assert.InRange(StartAll().Count, 10, 20);
        Add(Guid.NewGuid(), 10);
        Assert.Equal(4, StartAll().Count);
    }

    [Fact]
    public void A_lane_that_hangs_gives_up_what_it_cannot_start()
    {
        var webhook = Guid.NewGuid();
        Add(webhook, 30);
        Assert.Equal(4, StartAll().Count);
        Assert.Empty(_lanes.TakeExcess());

        Hang();

        Assert.Equal(26, _lanes.TakeExcess().Count);
        Add(webhook, 10);
        Assert.Equal(10, _lanes.TakeExcess().Count);
    }

    [Fact]
    public void What_was_parked_is_asked_for_again_when_the_webhook_answers()
    {
        var webhook = Guid.NewGuid();
        Add(webhook, 30);
        var started = StartAll();
        Hang();
        Assert.NotEmpty(_lanes.TakeExcess());
        Assert.Empty(_lanes.TakeRefills());

        FinishAll(started, Answer());

        var refill = Assert.Single(_lanes.TakeRefills());
        Assert.Equal(webhook, refill.Key);
        Assert.InRange(refill.Value, 4, 40);
    }

    [Fact]
    public void Beside_others_a_webhook_gets_no_more_of_its_parked_work_back_than_it_may_keep()
    {
        var webhook = Guid.NewGuid();
        for (var others = 0; others < 15; others++)
        {
            Add(Guid.NewGuid(), 1);
        }

        StartAll();
        for (var answers = 0; answers < 30; answers++)
        {
            Add(webhook, 1);
            Assert.True(_lanes.TryStart(out var one));
            _lanes.Finish(one, Answer());
        }

        Add(webhook, 30);
        var started = StartAll();
        Hang();
        Assert.NotEmpty(_lanes.TakeExcess());
        FinishAll(started, Answer());

        var refill = Assert.Single(_lanes.TakeRefills());
        Assert.Equal(webhook, refill.Key);
        Assert.InRange(refill.Value, 4, _options.MaxQueued / 4);
    }

    [Fact]
    public void A_webhook_whose_parked_work_is_used_up_is_not_asked_for_again()
    {
        var webhook = Guid.NewGuid();
        Add(webhook, 30);
        var started = StartAll();
        Hang();
        _lanes.TakeExcess();
        FinishAll(started, Answer());

        _lanes.Refill(_lanes.TakeRefills(), [Claim(webhook)], _lanes.Now);
        FinishAll(StartAll(), Answer());
        _lanes.Sweep();

        Assert.Empty(_lanes.TakeRefills());
    }

    [Fact]
    public void A_resting_webhook_starts_nothing_until_its_time()
    {
        var webhook = Guid.NewGuid();
        Add(webhook, 10);
        Assert.True(_lanes.TryStart(out var started));

        _lanes.Rest(started, TimeSpan.FromMinutes(1));
        Assert.Equal(10, _lanes.TakeExcess().Count);
        Add(webhook, 1);
        Assert.Single(_lanes.TakeExcess());
        Assert.Empty(StartAll());
        _lanes.Sweep();
        Assert.Empty(_lanes.TakeRefills());

        _clock.Advance(TimeSpan.FromMinutes(1));
        _lanes.Sweep();
        Assert.Single(_lanes.TakeRefills());
    }

    [Fact]
    public void A_delivery_that_waited_for_longer_than_its_lease_allows_is_not_started()
    {
        var webhook = Guid.NewGuid();
        var claimedAt = _lanes.Now;
        _clock.Advance(_options.LeaseMargin - _options.RecordingReserve);
        _lanes.Add([Claim(webhook)], claimedAt);
        Assert.Single(StartAll());

        _clock.Advance(TimeSpan.FromTicks(1));
        _lanes.Add([Claim(webhook)], claimedAt);
        Assert.Empty(StartAll());
    }

    [Fact]
    public void What_waited_for_too_long_through_an_outage_is_to_be_claimed_again_and_the_rest_starts()
    {
        var webhook = Guid.NewGuid();
        var late = Claims(webhook, 3);
        _lanes.Add(late, _lanes.Now);
        _lanes.Pause();
        _clock.Advance(_options.LeaseMargin);
        _lanes.Resume();
        _lanes.Add([Claim(webhook)], _lanes.Now);

        Assert.Single(StartAll());

        Assert.Equal(late, _lanes.TakeLate());
        Assert.Empty(_lanes.TakeLate());
        Assert.Empty(_lanes.TakeExcess());
    }

    [Fact]
    public void What_could_not_be_parked_or_released_is_not_forgotten()
    {
        var excess = Claims(Guid.NewGuid(), 2);
        var late = Claims(Guid.NewGuid(), 3);

        _lanes.ReturnExcess(excess);
        _lanes.ReturnLate(late);

        Assert.Equal(excess, _lanes.TakeExcess());
        Assert.Equal(late, _lanes.TakeLate());
    }

    [Fact]
    public void While_paused_nothing_starts()
    {
        Add(Guid.NewGuid(), 1);
        _lanes.Pause();
        Assert.Empty(StartAll());

        _lanes.Resume();
        Assert.Single(StartAll());
    }

    [Fact]
    public void When_closed_it_gives_back_everything_that_has_not_started()
    {
        Add(Guid.NewGuid(), 10);
        Add(Guid.NewGuid(), 3);
        Assert.True(_lanes.TryStart(out _));

        Assert.Equal(12, _lanes.Close().Count);
        Assert.Empty(StartAll());
    }

    [Fact]
    public void A_lane_is_forgotten_when_nothing_has_come_for_a_while()
    {
        Add(Guid.NewGuid(), 1);
        FinishAll(StartAll(), Answer());
        _lanes.Sweep();
        Assert.Equal(1, _lanes.Count);

        _clock.Advance(TimeSpan.FromMinutes(5));
        _lanes.Sweep();
        Assert.Equal(0, _lanes.Count);
    }

    [Fact]
    public void Large_payloads_leave_room_for_fewer()
    {
        var webhook = Guid.NewGuid();
        for (var round = 0; round < 10; round++)
        {
            _lanes.Add(Claims(webhook, count: 4, bytes: 4 * 1024 * 1024), _lanes.Now);
            FinishAll(StartAll(), Answer());
        }

        Assert.InRange(_lanes.Room, 1, 20);
    }

    [Fact]
    public void Whatever_happens_every_claim_is_started_once_or_given_back_and_no_limit_is_exceeded() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 9], Gen.Int[1, 30]).Array[1, 200].Sample(steps =>
        {
            var clock = new FakeTimeProvider();
            var lanes = new WebhookLanes(_options, new DueSignal(), clock);
            var webhooks = Enumerable.Range(0, 10).Select(_ => Guid.NewGuid()).ToArray();
            var claimed = 0;
            var left = new List<ClaimedDelivery>();
            var underWay = new List<StartedDelivery>();
            var started = 0;
            foreach (var (step, which, count) in steps)
            {
                switch (step)
                {
                    case 0:
                        lanes.Add(Claims(webhooks[which], count), lanes.Now);
                        claimed += count;
                        break;
                    case 1:
                        while (lanes.TryStart(out var next))
                        {
                            underWay.Add(next);
                            started++;
                        }

                        break;
                    case 2:
                        clock.Advance(TimeSpan.FromMilliseconds(count * 50));
                        lanes.Sweep();
                        break;
                    case 3:
                        foreach (var ended in underWay.Take(count).ToList())
                        {
                            lanes.Finish(ended, which < 7 ? Answer() : NoAnswer(TimeSpan.FromSeconds(2)));
                            underWay.Remove(ended);
                        }

                        break;
                    case 4:
                        left.AddRange(lanes.TakeExcess());
                        left.AddRange(lanes.TakeLate());
                        break;
                    default:
                        var refills = lanes.TakeRefills();
                        var refilled = refills.SelectMany(refill => Claims(refill.Key, Math.Min(refill.Value, which))).ToList();
                        claimed += refilled.Count;
                        lanes.Refill(refills, refilled, lanes.Now);
                        break;
                }

                Assert.InRange(underWay.Count, 0, _options.MaxInFlight);
                Assert.All(underWay.CountBy(item => item.Delivery.WebhookId), item => Assert.InRange(
                    item.Value, 1, _options.MaxInFlightPerWebhook));
            }

            underWay.ForEach(item => lanes.Finish(item, Answer()));
            lanes.Add([Claim(Guid.NewGuid())], lanes.Now);
            Assert.True(lanes.TryStart(out _), "With every slot free, nothing starts.");
            left.AddRange(lanes.Close());
            Assert.Equal(claimed + 1, started + 1 + left.Count);
        });

    private static ClaimedDelivery[] Claims(Guid webhook, int count, int bytes = 100) => LaneClaims.Of(webhook, count, bytes);

    private static ClaimedDelivery[] ManyWebhooks() =>
        [.. Enumerable.Range(0, _options.MaxQueued / 4).SelectMany(_ => Claims(Guid.NewGuid(), 4))];

    private static ClaimedDelivery Claim(Guid webhook) => LaneClaims.Of(webhook);

    private static Attempt Answer() => new(1, DateTimeOffset.UnixEpoch, TimeSpan.FromMilliseconds(1), new SendOutcome.Answered(200, ""));

    private static Attempt NoAnswer(TimeSpan duration) =>
        new(1, DateTimeOffset.UnixEpoch, duration, new SendOutcome.NotAnswered(SendError.Timeout, ""));

    private void Add(Guid webhook, int count) => _lanes.Add(Claims(webhook, count), _lanes.Now);

    private void Warm(Guid webhook)
    {
        Add(webhook, 50);
        for (var started = StartAll(); started.Count > 0; started = StartAll())
        {
            FinishAll(started, Answer());
        }
    }

    private void Hang()
    {
        _clock.Advance(_options.SlowAfter);
        _lanes.Sweep();
    }

    private List<StartedDelivery> StartAll()
    {
        var all = new List<StartedDelivery>();
        while (_lanes.TryStart(out var started))
        {
            all.Add(started);
        }

        return all;
    }

    private void FinishAll(List<StartedDelivery> started, Attempt attempt) => started.ForEach(item => _lanes.Finish(item, attempt));
}
