using System.Text.Json;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Events;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Events;

/// <summary>Events that are wanted later, and names of what has to come in order.</summary>
public sealed class ScheduledEventTests : DatabaseTest
{
    private static readonly TimeSpan _lease = TimeSpan.FromMinutes(1);

    private readonly Guid _org = Guid.NewGuid();
    private readonly DateTimeOffset _later = DateTimeOffset.UtcNow.AddDays(3);

    [Fact]
    public async Task What_is_wanted_later_is_claimed_by_nobody_before()
    {
        var webhook = await AddWebhookAsync(_org);
        var intake = new RoomyIntake();

        var published = Assert.Single(await PublisherOn(Database, intake: intake).PublishAsync([Later()], Cancel));

        Assert.Equal(1, published.Deliveries);
        Assert.Empty(intake.Claims);
        Assert.Empty(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        Assert.Empty(await Deliveries.ClaimForWebhooksAsync(new Dictionary<Guid, int> { [webhook] = 10 }, _lease, Cancel));
        Assert.Null(await Deliveries.ClaimAsync(published.NewDeliveries[0], _lease, Cancel));
        var shown = Assert.Single(Required(await History.ListAsync(_org, webhook, new DeliveryFilter(), 10, null, Cancel)).Items);
        Assert.Equal(_later, shown.NextAttemptAt!.Value, TimeSpan.FromMilliseconds(1));
        Assert.Equal(shown.NextAttemptAt, shown.DeliverAt);

        await ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = now(), deliver_at = now()");
        var claim = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        Assert.NotNull(claim.DeliverAt);
    }

    [Fact]
    public async Task What_is_wanted_at_once_is_claimed_beside_what_is_wanted_later()
    {
        await AddWebhookAsync(_org);
        var intake = new RoomyIntake();

        await PublisherOn(Database, intake: intake).PublishAsync([Later(), Message(_org), Past()], Cancel);

        Assert.Equal(2, intake.Claims.Count);
        Assert.All(intake.Claims, claim => Assert.Null(claim.DeliverAt));

        EventMessage Past() => Message(_org) with { DeliverAt = DateTimeOffset.UtcNow.AddDays(-1) };
    }

    [Fact]
    public async Task What_is_stored_in_parts_is_wanted_later_too()
    {
        for (var number = 0; number < 300; number++)
        {
            await AddWebhookAsync(_org);
        }

        var large = Later(JsonSerializer.Serialize(new { text = new string('a', 45_000) }));
        await Publisher.PublishAsync([large], Cancel);

        Assert.Equal(
            300,
            await QueryAsync<int>(
                "SELECT count(*)::int FROM webhook_deliveries WHERE next_attempt_at = deliver_at AND deliver_at > now() "
                + "AND ordering_key = 'customer 7'"));
    }

    [Fact]
    public async Task The_same_event_again_keeps_the_time_and_the_key_that_it_came_with_first()
    {
        await AddWebhookAsync(_org);
        var first = await Publisher.PublishAsync([Message(_org, key: "1") with { DeliverAt = _later }], Cancel);

        var again = await Publisher.PublishAsync([Message(_org, key: "1") with { OrderingKey = "other" }], Cancel);

        Assert.Equal(first[0].Id, again[0].Id);
        Assert.Equal(
            1,
            await QueryAsync<int>("SELECT count(*)::int FROM webhook_deliveries WHERE deliver_at > now() AND ordering_key IS NULL"));
    }

    private EventMessage Later(string data = "{}") =>
        Message(_org, data: data) with { DeliverAt = _later, OrderingKey = "customer 7" };

    private sealed class RoomyIntake : IDeliveryIntake
    {
        public List<ClaimedDelivery> Claims { get; } = [];

        public IntakeReservation Reserve(int most) => new(10, _lease, TimeSpan.Zero);

        public ValueTask TakeAsync(IntakeReservation reservation, IReadOnlyList<ClaimedDelivery> claims)
        {
            Claims.AddRange(claims);
            return ValueTask.CompletedTask;
        }
    }
}
