using Npgsql;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Events;
using Webhooks.Core.Secrets;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Events;

public sealed class EventInsertionTests : DatabaseTest
{
    private static readonly TimeSpan _lease = TimeSpan.FromMinutes(3);

    private readonly Guid _org = Guid.NewGuid();

    [Fact]
    public async Task What_there_is_room_for_is_stored_as_claimed_with_all_that_an_attempt_needs()
    {
        var webhook = await AddWebhookAsync(_org);
        var intake = new Intake(room: 10);

        var published = Assert.Single(await PublisherWith(intake).PublishAsync([Message(_org, data: """{"b":1,"a":"é"}""")], Cancel));

        var claim = Assert.Single(intake.Claims);
        Assert.Equal(published.NewDeliveries, [claim.Id]);
        Assert.Equal(published.Id, claim.EventId);
        Assert.Equal(webhook, claim.WebhookId);
        Assert.Equal(_org, claim.OrgId);
        Assert.Equal("user.created", claim.Event);
        Assert.Equal("https://example.com/hook", claim.Url);
        Assert.Equal("encrypted", claim.EncryptedSecret);
        Assert.True(claim.WebhookActive);
        Assert.False(claim.Test);
        Assert.Equal(0, claim.AttemptsMade);
        Assert.Null(claim.TraceParent);
        Assert.Null(claim.Schedule);
        Assert.Equal(await QueryAsync<byte[]>("SELECT convert_to(payload::text, 'UTF8') FROM webhook_deliveries"), claim.Body.ToArray());
        Assert.Equal(await QueryAsync<DateTimeOffset>("SELECT created_at FROM webhook_deliveries"), claim.CreatedAt);
        Assert.Equal(claim.LeaseToken, await QueryAsync<Guid>("SELECT lease_token FROM webhook_deliveries"));
        Assert.Equal(_lease, await QueryAsync<TimeSpan>("SELECT lease_until - created_at FROM webhook_deliveries"));
    }

    [Fact]
    public async Task An_event_goes_to_each_webhook_that_lists_it_by_name_or_wildcard_once()
    {
        var named = await AddWebhookAsync(_org, "user.created");
        var kind = await AddWebhookAsync(_org, "user.*");
        var all = await AddWebhookAsync(_org, "*", "user.*", "user.created");
        await AddWebhookAsync(_org, "subscription.*", "invoice.paid", "use.*");

        await Publisher.PublishAsync([Message(_org), Message(_org, "user.deleted")], Cancel);

        Assert.Equal([named, kind, all], await ReceiversAsync("user.created"));
        Assert.Equal([kind, all], await ReceiversAsync("user.deleted"));

        Task<IReadOnlyList<Guid>> ReceiversAsync(string type) =>
            QueryAllAsync<Guid>("SELECT webhook_id FROM webhook_deliveries WHERE event = $1 ORDER BY webhook_id", type);
    }

    [Fact]
    public async Task What_is_stored_as_claimed_comes_with_the_own_schedule_of_each_webhook()
    {
        var patient = await AddWebhookAsync(_org);
        var once = await AddWebhookAsync(_org);
        var usual = await AddWebhookAsync(_org);
        await ExecuteAsync("UPDATE webhooks SET retry_delays = '{5,10}' WHERE id = $1", patient);
        await ExecuteAsync("UPDATE webhooks SET retry_delays = '{}', timeout_seconds = 3 WHERE id = $1", once);
        var intake = new Intake(room: 10);

        await PublisherWith(intake).PublishAsync([Message(_org), Message(_org)], Cancel);

        Assert.Equal(6, intake.Claims.Count);
        Assert.All(intake.Claims.Where(claim => claim.WebhookId == patient), claim =>
        {
            Assert.Equal([TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)], claim.Schedule?.RetryDelays?.Delays);
            Assert.Null(claim.Schedule?.Timeout);
        });
        Assert.All(intake.Claims.Where(claim => claim.WebhookId == once), claim =>
        {
            Assert.Equal(1, claim.Schedule?.RetryDelays?.MaxAttempts);
            Assert.Equal(TimeSpan.FromSeconds(3), claim.Schedule?.Timeout);
        });
        Assert.All(intake.Claims.Where(claim => claim.WebhookId == usual), claim => Assert.Null(claim.Schedule));
    }

    [Fact]
    public async Task What_is_stored_as_claimed_has_the_secret_before_while_an_overlap_runs_and_not_after_it()
    {
        await AddWebhookAsync(_org);
        var intake = new Intake(room: 10);
        await ExecuteAsync(
            """
            UPDATE webhooks
            SET previous_secret = 'before', previous_secret_expires_at = now() + interval '1 hour', secret_promoted = true
            """);
        await PublisherWith(intake).PublishAsync([Message(_org)], Cancel);
        await ExecuteAsync("UPDATE webhooks SET previous_secret_expires_at = now()");
        var afterwards = new Intake(room: 10);
        await PublisherWith(afterwards).PublishAsync([Message(_org)], Cancel);

        Assert.Equal(new PreviousSecret("before", Promoted: true), Assert.Single(intake.Claims).PreviousSecret);
        Assert.Null(Assert.Single(afterwards.Claims).PreviousSecret);
    }

    [Fact]
    public async Task Nobody_else_claims_it_and_its_result_is_recorded()
    {
        await AddWebhookAsync(_org);
        var intake = new Intake(room: 10);
        await PublisherWith(intake).PublishAsync([Message(_org)], Cancel);

        Assert.Empty(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        var result = new DeliveryResult(intake.Claims[0], Attempt: null, new NextStep.Canceled());
        Assert.Equal([intake.Claims[0].Id], (await Deliveries.RecordAsync([result], Cancel)).Ids);
    }

    [Fact]
    public async Task What_there_is_no_room_for_is_stored_for_whoever_claims_it()
    {
        for (var count = 0; count < 5; count++)
        {
            await AddWebhookAsync(_org);
        }

        var intake = new Intake(room: 7);
        var published = await PublisherWith(intake).PublishAsync([Message(_org), Message(_org)], Cancel);

        Assert.Equal(7, intake.Claims.Count);
        var others = await Deliveries.ClaimDueAsync(100, _lease, Cancel);
        Assert.Equal(
            published.SelectMany(accepted => accepted.NewDeliveries).Order(),
            intake.Claims.Concat(others).Select(claim => claim.Id).Order());
        Assert.Equal(3, others.Count);
    }

    [Fact]
    public async Task An_event_that_is_published_again_is_not_claimed_again()
    {
        await AddWebhookAsync(_org);
        var id = Guid.CreateVersion7().ToString();
        await Publisher.PublishAsync([Message(_org, key: id)], Cancel);
        var intake = new Intake(room: 10);

        var published = Assert.Single(await PublisherWith(intake).PublishAsync([Message(_org, key: id)], Cancel));

        Assert.Equal(1, published.Deliveries);
        Assert.Empty(published.NewDeliveries);
        Assert.Empty(intake.Claims);
        Assert.Equal(1, intake.Taken);
    }

    [Fact]
    public async Task Claims_of_many_events_are_each_for_its_own_webhook_and_event()
    {
        var webhooks = new Dictionary<Guid, Guid>();
        for (var count = 0; count < 20; count++)
        {
            var org = Guid.NewGuid();
            webhooks.Add(org, await AddWebhookAsync(org, "user.created", "invoice.paid"));
        }

        var intake = new Intake(room: 1000);
        var published = await PublisherWith(intake).PublishAsync(
            [.. webhooks.Keys.SelectMany(org => new[] { Message(org), Message(org, "invoice.paid"), Message(org, "user.deleted") })],
            Cancel);

        Assert.Equal(40, intake.Claims.Count);
        foreach (var accepted in published.Where(accepted => accepted.Event != "user.deleted"))
        {
            var claim = Assert.Single(intake.Claims, claim => claim.EventId == accepted.Id);
            Assert.Equal(accepted.NewDeliveries, [claim.Id]);
            Assert.Equal(accepted.OrgId, claim.OrgId);
            Assert.Equal(webhooks[accepted.OrgId], claim.WebhookId);
            Assert.Equal(accepted.Event, claim.Event);
        }
    }

    [Fact]
    public async Task A_reservation_ends_when_nothing_could_be_stored()
    {
        await AddWebhookAsync(_org);
        await ExecuteAsync("ALTER TABLE webhook_deliveries ADD CHECK (event <> 'user.created')");
        var intake = new Intake(room: 10);

        await Assert.ThrowsAsync<PostgresException>(() => PublisherWith(intake).PublishAsync([Message(_org)], Cancel));

        Assert.Equal(1, intake.Taken);
        Assert.Empty(intake.Claims);
    }

    [Fact]
    public async Task Engines_are_told_of_what_is_left_to_claim_and_of_nothing_else()
    {
        await AddWebhookAsync(_org);
        await using var listening = await Database.OpenConnectionAsync(Cancel);
        var told = 0;
        listening.Notification += (_, _) => told++;
        await new NpgsqlCommand("LISTEN webhook_deliveries", listening).ExecuteNonQueryAsync(Cancel);

        await PublisherWith(new Intake(room: 10)).PublishAsync([Message(_org)], Cancel);
        await new NpgsqlCommand("SELECT 1", listening).ExecuteNonQueryAsync(Cancel);
        Assert.Equal(0, told);

        await PublisherWith(new Intake(room: 0)).PublishAsync([Message(_org)], Cancel);
        await new NpgsqlCommand("SELECT 1", listening).ExecuteNonQueryAsync(Cancel);
        Assert.Equal(1, told);
    }

    private EventPublisher PublisherWith(IDeliveryIntake intake) => PublisherOn(Database, intake: intake);

    private sealed class Intake(int room) : IDeliveryIntake
    {
        public int Taken { get; private set; }

        public List<ClaimedDelivery> Claims { get; } = [];

        public IntakeReservation Reserve(int most) => new(room, _lease, TimeSpan.Zero);

        public ValueTask TakeAsync(IntakeReservation reservation, IReadOnlyList<ClaimedDelivery> claims)
        {
            Taken++;
            Claims.AddRange(claims);
            return ValueTask.CompletedTask;
        }
    }
}
