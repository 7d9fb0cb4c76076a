using Webhooks.Server.Engine;

namespace Webhooks.Server.Tests.Engine;

public sealed class LaneParkingTests
{
    private static readonly EngineOptions _options = new() { MaxInFlight = 10, MaxInFlightPerWebhook = 10 };

    private static readonly EngineOptions _roomy = new();

    // The first second of a lane has rules of its own.
    private static readonly TimeSpan _now = TimeSpan.FromMinutes(1);

    private readonly LaneTurns _turns = new(_options);
    private readonly LaneParking _parking;

    public LaneParkingTests() => _parking = new LaneParking(new LaneIntake(_options, _turns), _turns);

    [Fact]
    public void What_a_lane_has_beyond_its_bound_is_parked_and_what_has_been_due_longest_stays()
    {
        var lane = Lane(LanePace.Fast, queued: 5);
        _turns.Leave(lane);
        _parking.Trim(lane, bound: 5, _now);
        Assert.False(_parking.HasExcess);

        _parking.Trim(lane, bound: 2, _now);
        _turns.Join(lane, _now);

        Assert.True(_parking.HasExcess);
        Assert.Equal([2, 3, 4], _parking.TakeExcess().Select(claim => claim.AttemptsMade));
        Assert.False(_parking.HasExcess);
        Assert.Equal(2, _turns.Queued);
        Assert.Equal([0, 1], new[] { lane.Dequeue(), lane.Dequeue() }.Select(queued => queued.Delivery.AttemptsMade));
    }

    [Fact]
    public void What_is_late_is_taken_once_and_not_parked()
    {
        _parking.AddLate(LaneClaims.Of(Guid.NewGuid()));

        Assert.Empty(_parking.TakeExcess());
        Assert.Single(_parking.TakeLate());
        Assert.Empty(_parking.TakeLate());
    }

    [Fact]
    public void What_was_claimed_before_a_change_of_its_webhook_is_late_and_the_rest_stays()
    {
        var lane = new WebhookLane(Guid.NewGuid(), _options) { Pace = LanePace.Fast };
        var (before, after) = (LaneClaims.Of(lane.WebhookId), LaneClaims.Of(lane.WebhookId));
        _turns.Enqueue(lane, new QueuedDelivery(before, _now - TimeSpan.FromSeconds(1), TakenIn: false), _now);
        _turns.Enqueue(lane, new QueuedDelivery(after, _now, TakenIn: false), _now);

        _turns.Leave(lane);
        _parking.Renew(lane, changed: _now, _now);
        _turns.Join(lane, _now);

        Assert.Equal([before], _parking.TakeLate());
        Assert.Equal(1, _turns.Queued);
        Assert.Same(after, lane.Dequeue().Delivery);
    }

    [Fact]
    public void Only_a_lane_with_parked_work_and_little_left_to_do_wants_a_refill()
    {
        Assert.False(_parking.MarkHungry(Lane(LanePace.Fast, queued: 0), _now));
        Assert.False(_parking.MarkHungry(Lane(LanePace.Fast, queued: 7, parked: true), _now));

        var hungry = Lane(LanePace.Fast, queued: 2, parked: true);
        Assert.True(_parking.MarkHungry(hungry, _now));
        Assert.False(_parking.MarkHungry(hungry, _now));

        var refill = Assert.Single(_parking.TakeRefills(_now));
        Assert.Equal(hungry.WebhookId, refill.Key);
        Assert.Equal(6, refill.Value);
        Assert.Empty(_parking.TakeRefills(_now));
        Assert.True(_parking.MarkHungry(hungry, _now));
    }

    [Fact]
    public void A_lane_wants_its_refill_until_half_of_what_may_wait_has_gone()
    {
        var full = Lane(LanePace.Fast, queued: _options.MaxQueued);
        var hungry = Lane(LanePace.Fast, queued: 0, parked: true);
        Assert.True(_parking.MarkHungry(hungry, _now));
        Assert.Empty(_parking.TakeRefills(_now));

        for (var left = _options.MaxQueued; left > _options.MaxQueued / 2; left--)
        {
            Assert.Empty(_parking.TakeRefills(_now));
            _turns.Dequeue(full);
        }

        Assert.Equal(8, Assert.Single(_parking.TakeRefills(_now)).Value);
    }

    [Fact]
    public void Lanes_share_what_one_statement_claims()
    {
        var turns = new LaneTurns(_roomy);
        var parking = new LaneParking(new LaneIntake(_roomy, turns), turns);
        for (var lane = 0; lane < 20; lane++)
        {
            parking.MarkHungry(new WebhookLane(Guid.NewGuid(), _roomy) { Pace = LanePace.Fast, Parked = true }, TimeSpan.Zero);
        }

        Assert.Equal(Enumerable.Repeat(128, 8), parking.TakeRefills(TimeSpan.Zero).Values);
        Assert.Equal(Enumerable.Repeat(128, 8), parking.TakeRefills(TimeSpan.Zero).Values);
        Assert.Equal(Enumerable.Repeat(256, 4), parking.TakeRefills(TimeSpan.Zero).Values);
    }

    [Fact]
    public void Slow_lanes_are_refilled_together_up_to_half_of_the_slots()
    {
        foreach (var lane in Enumerable.Range(0, 3).Select(_ => Lane(LanePace.Slow, queued: 0, parked: true)))
        {
            Assert.True(_parking.MarkHungry(lane, _now));
        }

        Assert.Equal([4, 1], _parking.TakeRefills(_now).Values);
    }

    private WebhookLane Lane(LanePace pace, int queued, bool parked = false)
    {
        var lane = new WebhookLane(Guid.NewGuid(), _options) { Pace = pace, Parked = parked };
        for (var number = 0; number < queued; number++)
        {
            var claim = LaneClaims.Of(lane.WebhookId) with { AttemptsMade = number };
            _turns.Enqueue(lane, new QueuedDelivery(claim, TimeSpan.Zero, TakenIn: false), TimeSpan.Zero);
        }

        return lane;
    }
}
