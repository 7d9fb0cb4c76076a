using Webhooks.Server.Engine;

namespace Webhooks.Server.Tests.Engine;

public sealed class LaneIntakeTests
{
    private static readonly EngineOptions _options = new() { MaxInFlight = 10 };

    private readonly LaneTurns _turns = new(_options);
    private readonly Dictionary<Guid, WebhookLane> _lanes = [];
    private readonly LaneIntake _intake;

    public LaneIntakeTests() => _intake = new LaneIntake(_options, _turns);

    [Fact]
    public void Nothing_is_reserved_before_it_is_open()
    {
        Assert.Equal(0, _intake.Reserve(1));

        _intake.Open();
        Assert.Equal(1, _intake.Reserve(1));
    }

    [Fact]
    public void What_is_reserved_and_what_was_taken_in_keep_their_room_until_they_end()
    {
        _intake.Open();
        Assert.Equal(30, _intake.Reserve(30));
        Assert.Equal(10, _intake.Reserve(30));
        Assert.Equal(0, _intake.Reserve(1));

        _intake.EndReservation(30);
        var lane = Add(takenIn: true, count: 30);
        Assert.Equal(0, _intake.Reserve(1));
        Assert.Equal(_options.MaxQueued, _intake.RoomForBacklog);

        _intake.Left(_turns.Dequeue(lane));
        Assert.Equal(1, _intake.Reserve(30));
    }

    [Fact]
    public void The_backlog_has_room_again_when_half_of_it_is_used_up_and_tells_so_once()
    {
        Assert.True(_intake.TellsOfLow());
        var lane = Add(takenIn: false, count: 21);
        _intake.Learn(LaneClaims.Of(Guid.NewGuid(), count: 1, bytes: 1));
        Assert.Equal(0, _intake.RoomForBacklog);
        Assert.Equal(19, _intake.Room);
        Assert.False(_intake.TellsOfLow());

        _intake.Left(_turns.Dequeue(lane));
        Assert.Equal(20, _intake.RoomForBacklog);
        Assert.True(_intake.TellsOfLow());
        Assert.False(_intake.TellsOfLow());
    }

    [Fact]
    public void A_lane_may_have_all_until_half_is_taken_and_then_its_share()
    {
        Add(takenIn: false, count: 20);
        Add(takenIn: true, count: 0);
        Assert.False(_intake.HalfFull);
        Assert.Equal(_options.MaxQueued, _intake.Share);

        Add(takenIn: false, count: 1);
        Assert.True(_intake.HalfFull);
        _intake.CountBusy(_lanes.Values);
        Assert.Equal(_options.MaxQueued / 2, _intake.Share);
    }

    [Fact]
    public void Large_bodies_leave_room_for_fewer()
    {
        for (var times = 0; times < 10; times++)
        {
            _intake.Learn(LaneClaims.Of(Guid.NewGuid(), count: 1, bytes: 8 * 1024 * 1024));
        }

        Assert.InRange(_intake.RoomForBacklog, 7, 8);
    }

    private WebhookLane Add(bool takenIn, int count)
    {
        var lane = new WebhookLane(Guid.NewGuid(), _options);
        _lanes.Add(lane.WebhookId, lane);
        foreach (var claim in LaneClaims.Of(lane.WebhookId, count, bytes: 1))
        {
            var delivery = new QueuedDelivery(claim, TimeSpan.Zero, takenIn);
            _turns.Enqueue(lane, delivery, TimeSpan.Zero);
            _intake.Entered(delivery);
        }

        return lane;
    }
}
