using Webhooks.Server.Engine;

namespace Webhooks.Server.Tests.Engine;

public sealed class LaneGateTests
{
    private static readonly EngineOptions _options = new() { MaxInFlight = 10 };

    private readonly LaneTurns _turns = new(_options);
    private readonly LaneParking _parking;
    private readonly Dictionary<Guid, WebhookLane> _lanes = [];
    private readonly LaneGate _gate = new();

    public LaneGateTests() => _parking = new LaneParking(new LaneIntake(_options, _turns), _turns);

    [Fact]
    public void It_is_open_but_while_paused_and_closed_for_good()
    {
        Assert.True(_gate.Open);
        _gate.Pause();
        Assert.True(_gate.Paused);
        Assert.False(_gate.Open);
        _gate.Resume(_lanes.Values, TimeSpan.Zero);
        Assert.True(_gate.Open);

        _gate.Close(_lanes.Values, _turns, _parking);
        _gate.Resume(_lanes.Values, TimeSpan.Zero);
        Assert.True(_gate.Closed);
        Assert.False(_gate.Open);
    }

    [Fact]
    public void Closing_gives_all_that_waits_in_lanes_to_be_parked_and_to_be_claimed_again()
    {
        var lane = new WebhookLane(Guid.NewGuid(), _options);
        _lanes.Add(lane.WebhookId, lane);
        var claims = LaneClaims.Of(lane.WebhookId, count: 4, bytes: 1);
        _turns.Enqueue(lane, new QueuedDelivery(claims[0], TimeSpan.Zero, TakenIn: false), TimeSpan.Zero);
        _turns.Enqueue(lane, new QueuedDelivery(claims[1], TimeSpan.Zero, TakenIn: true), TimeSpan.Zero);
        _parking.Park(claims[2]);
        _parking.AddLate(claims[3]);

        var unstarted = _gate.Close(_lanes.Values, _turns, _parking);

        Assert.Equal(claims.Select(claim => claim.Id).Order(), unstarted.Select(claim => claim.Id).Order());
        Assert.Equal(0, _turns.Queued);
        Assert.Empty(_gate.Close(_lanes.Values, _turns, _parking));
    }

    [Fact]
    public void What_the_lanes_could_not_do_while_paused_is_not_their_receivers_fault()
    {
        var now = TimeSpan.FromMinutes(1);
        var lane = new WebhookLane(Guid.NewGuid(), _options) { Pace = LanePace.Fast };
        _lanes.Add(lane.WebhookId, lane);
        _turns.Enqueue(lane, new QueuedDelivery(LaneClaims.Of(lane.WebhookId), TimeSpan.Zero, TakenIn: false), TimeSpan.Zero);
        Assert.NotEqual(_options.MaxQueued, lane.QueueBound(share: 1, now));

        _gate.Pause();
        _gate.Resume(_lanes.Values, now);

        Assert.Equal(_options.MaxQueued, lane.QueueBound(share: 1, now));
    }
}
