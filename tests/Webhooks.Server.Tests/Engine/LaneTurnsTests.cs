using Webhooks.Core.Deliveries;
using Webhooks.Core.Sending;
using Webhooks.Server.Engine;

namespace Webhooks.Server.Tests.Engine;

public sealed class LaneTurnsTests
{
    private static readonly EngineOptions _options = new() { MaxInFlight = 8, MaxInFlightPerWebhook = 8 };
    private static readonly TimeSpan _now = TimeSpan.FromMinutes(1);

    private readonly LaneTurns _turns = new(_options);

    [Fact]
    public void Lanes_with_something_to_start_take_turns()
    {
        var first = Lane(LanePace.Fast, 2);
        var second = Lane(LanePace.Fast, 3);

        Assert.Equal(2, _turns.Waiting);
        Assert.Equal([first, second, first, second, second], StartAll());
        Assert.Equal(0, _turns.Queued);
        Assert.Equal(0, _turns.Waiting);
    }

    [Fact]
    public void Nothing_is_taken_when_every_slot_is_in_use()
    {
        var lanes = Lanes(LanePace.Fast, _options.MaxInFlight + 1);

        Assert.Equal(_options.MaxInFlight, StartAll().Count);
        Assert.True(_turns.Full);
        Assert.Equal(1, _turns.Queued);

        Finish(lanes[0]);
        Assert.False(_turns.Full);
        Assert.Single(StartAll());
    }

    [Fact]
    public void Lanes_that_have_nothing_under_way_come_first_and_the_last_slots_are_theirs_alone()
    {
        var busy = new[] { Lane(LanePace.Fast, 6), Lane(LanePace.Fast, 6) };
        Assert.Equal(_options.MaxInFlight - 1, StartAll().Count);
        Assert.False(_turns.Full);

        var others = new[] { Lane(LanePace.Fast, 2), Lane(LanePace.Fast, 2) };
        Assert.Equal([others[0]], StartAll());
        Assert.True(_turns.Full);

        Finish(busy[0]);
        Assert.Equal([others[1]], StartAll());

        // Only the last slot is free, and all of them have something under way.
        Finish(busy[0]);
        Assert.Empty(StartAll());
        Finish(others[1]);
        Assert.Equal([others[1]], StartAll());
    }

    [Theory]
    [InlineData(nameof(LanePace.Slow), 4)]
    [InlineData(nameof(LanePace.Unknown), 6)]
    [InlineData(nameof(LanePace.Fast), 8)]
    public void Slow_lanes_get_half_of_the_slots_unknown_ones_three_quarters_and_fast_ones_all(string name, int slots)
    {
        var pace = Enum.Parse<LanePace>(name);
        Lanes(pace, 12);

        Assert.Equal(slots, StartAll().Count);

        Lanes(LanePace.Fast, 8 - slots);
        Assert.All(StartAll(), lane => Assert.Equal(LanePace.Fast, lane.Pace));
        Assert.True(_turns.Full);
    }

    [Fact]
    public void A_lane_that_has_changed_its_pace_waits_among_its_own_kind()
    {
        var lane = Lane(LanePace.Unknown, 4);
        Assert.Equal(4, _turns.RoomOfSlow);

        _turns.Leave(lane);
        lane.Pace = LanePace.Slow;
        _turns.Join(lane, _now);

        Assert.Equal(0, _turns.RoomOfSlow);
        Assert.Equal(1, _turns.Waiting);
        Assert.Equal(4, StartAll().Count);
    }

    private List<WebhookLane> Lanes(LanePace pace, int count) => [.. Enumerable.Range(0, count).Select(_ => Lane(pace, 1))];

    private WebhookLane Lane(LanePace pace, int deliveries)
    {
        var lane = new WebhookLane(Guid.NewGuid(), _options) { Pace = pace };
        foreach (var claim in LaneClaims.Of(lane.WebhookId, deliveries, bytes: 1))
        {
            _turns.Enqueue(lane, new QueuedDelivery(claim, _now, TakenIn: false), _now);
        }

        return lane;
    }

    private List<WebhookLane> StartAll()
    {
        var started = new List<WebhookLane>();
        while (_turns.TryTake(_now, out var lane))
        {
            _turns.Dequeue(lane);
            _turns.Start(lane, _now);
            started.Add(lane);
        }

        return started;
    }

    private void Finish(WebhookLane lane)
    {
        _turns.Leave(lane);
        lane.Finish(new Attempt(1, DateTimeOffset.UnixEpoch, TimeSpan.Zero, new SendOutcome.Answered(200, "")), _now);
        _turns.Join(lane, _now);
    }
}
