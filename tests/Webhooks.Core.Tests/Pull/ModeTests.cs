using Webhooks.Core.Cancellation;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Events;
using Webhooks.Core.Health;
using Webhooks.Core.Pull;
using Webhooks.Core.Recoveries;
using Webhooks.Core.Redelivery;
using Webhooks.Core.Signals;
using Webhooks.Core.Statistics;
using Webhooks.Core.Webhooks;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Pull;

/// <summary>
/// What becomes of deliveries when the mode of their webhook changes, and where other parts make some for one that is pulled from.
/// </summary>
public sealed class ModeTests : PullTest
{
    private const string Url = "http://127.0.0.1:9000/hook";

    private static readonly TimeSpan _lease = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task What_waits_to_be_pulled_is_posted_when_the_mode_becomes_push()
    {
        await PublishPulledAsync(3);

        var changed = Required(await ChangeAsync(new WebhookChanges(Url: Url, Mode: WebhookMode.Push)));

        Assert.Equal((WebhookMode.Push, Url), (changed.Mode, changed.Url));
        var claims = await Deliveries.ClaimDueAsync(10, _lease, Cancel);
        Assert.Equal(3, claims.Count);
        Assert.All(claims, claim => Assert.Equal((Url, false), (claim.Url, claim.Pulled)));
        Assert.IsType<PullOutcome.NotPulled>(await Pulls.PullAsync(Org, Webhook, 10, TimeSpan.Zero, CancellationToken.None, Cancel));
    }

    [Fact]
    public async Task What_is_pulled_as_the_mode_becomes_push_can_be_reported_and_its_retry_is_posted()
    {
        await PublishPulledAsync(2);
        var pulled = await PullAsync();
        await ChangeAsync(new WebhookChanges(Url: Url, Mode: WebhookMode.Push));
        Assert.Equal(DeliveryStatus.Pending, Assert.Single(await ReportAsync(500, pulled[0])).Value);
        await EndLeasesAsync();
        await Service<PullMaintenance>().RunAsync(Cancel);
        await MakeDueAsync();
        Assert.Empty(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        await ExecuteAsync("UPDATE webhooks SET pulled_until = pulled_until - interval '1 hour'");

        await Service<PullMaintenance>().RunAsync(Cancel);

        Assert.Equal(2, (await Deliveries.ClaimDueAsync(10, _lease, Cancel)).Count);
        Assert.True(await QueryAsync<bool>("SELECT pulled_until IS NULL FROM webhooks"));
    }

    [Fact]
    public async Task What_was_to_be_posted_is_pulled_when_the_mode_becomes_pull_whoever_would_have_claimed_it()
    {
        await ChangeAsync(new WebhookChanges(Url: Url, Mode: WebhookMode.Push));
        var deliveries = await PublishManyAsync(Org, 3);
        var claimed = Assert.Single(await Deliveries.ClaimDueAsync(1, _lease, Cancel));

        var changed = Required(await ChangeAsync(new WebhookChanges(Mode: WebhookMode.Pull)));

        Assert.Null(changed.Url);
        Assert.Empty(await Deliveries.ClaimDueAsync(1, _lease, Cancel));
        Assert.Null(await Deliveries.ClaimAsync(deliveries.Last(delivery => delivery != claimed.Id), _lease, Cancel));
        await Deliveries.ReleaseAsync([claimed], Cancel);
        Assert.Empty(await Deliveries.ClaimForWebhooksAsync(new Dictionary<Guid, int> { [Webhook] = 10 }, _lease, Cancel));
        Assert.Equal(deliveries.Order(), (await PullAsync()).Select(pulled => pulled.Id).Order());
    }

    [Theory]
    [InlineData(WebhookMode.Pull, Url, null)]
    [InlineData(WebhookMode.Push, null, WebhookMode.Push)]
    [InlineData(WebhookMode.Push, Url, WebhookMode.Pull)]
    public async Task A_change_that_would_leave_a_webhook_without_what_its_mode_needs_changes_nothing(
        string before, string? url, string? mode)
    {
        var from = before == WebhookMode.Push && mode == WebhookMode.Pull ? Url : null;
        if (from is not null)
        {
            await ChangeAsync(new WebhookChanges(Url: from, Mode: WebhookMode.Push));
        }

        Assert.Null(await ChangeAsync(new WebhookChanges(Url: url, Mode: mode)));

        Assert.Equal(from, Required(await Service<WebhookStore>().FindAsync(Org, Webhook, Cancel)).Url);
    }

    [Fact]
    public async Task A_redelivery_waits_to_be_pulled_and_one_that_is_hastened_does_so_now()
    {
        await PublishPulledAsync();
        var first = await PullOneAsync();
        await ReportAsync(500, first);

        var hastened = await RedeliverAsync(first.Id);
        Assert.Equal(first.Id, hastened);
        var second = await PullOneAsync();
        await ReportAsync(200, second);
        var again = await RedeliverAsync(first.Id);
        var third = await PullOneAsync();

        Assert.Equal((2, again, 1), (second.Attempt, third.Id, third.Attempt));
        Assert.Equal(first.Headers["webhook-id"], third.Headers["webhook-id"]);
        await ReportAsync(200, third);
        Assert.Equal(["manual"], (await FindAsync(again)).Attempts.Select(attempt => attempt.Trigger));

        async Task<Guid> RedeliverAsync(Guid delivery) => Assert.IsType<Redelivered.Due>(
            await Service<Redeliveries>().RedeliverAsync(Org, Webhook, delivery, key: null, Cancel)).DeliveryId;
    }

    [Fact]
    public async Task A_test_waits_to_be_pulled_and_a_webhook_that_is_enabled_again_gets_no_probe()
    {
        await ChangeAsync(new WebhookChanges(Active: false));
        Assert.Null(await Service<TestDelivery>().SendAsync(Org, Webhook, eventType: null, data: null, Cancel));
        await ChangeAsync(new WebhookChanges(Active: true));
        Assert.Empty(await PullAsync());

        var test = Required(await Service<TestDelivery>().SendAsync(Org, Webhook, eventType: null, data: null, Cancel));

        Assert.Equal((DeliveryStatus.Pending, Hold.Pull, true), (test.Summary.Status, test.Summary.Held?.By, test.Summary.Test));
        var pulled = await PullOneAsync();
        Assert.Equal(test.Summary.Id, pulled.Id);
        Assert.Equal(DeliveryStatus.Failed, Assert.Single(await ReportAsync(500, pulled)).Value);
    }

    [Fact]
    public async Task An_operational_event_waits_to_be_pulled()
    {
        await ChangeAsync(new WebhookChanges(Events: ["webhook.disabled"]));
        var (other, _) = await CreateAsync(new NewWebhook(Url, ["user.created"], Active: true, Description: null));
        await Service<WebhookStore>().UpdateAsync(Org, other, new WebhookChanges(Active: false), states: null, Cancel);

        await Service<SignalPublisher>().RunAsync(Cancel);

        Assert.Equal("webhook.disabled", (await PullOneAsync()).Headers["X-Webhook-Event"]);
    }

    [Fact]
    public async Task What_a_recovery_redelivers_waits_to_be_pulled()
    {
        await PublishPulledAsync(3);
        await Service<Cancellations>().CancelBacklogAsync(Org, Webhook, DateTimeOffset.MaxValue, Cancel);
        var scope = new RecoveryScope(
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), ["canceled"], Events: null, ResponseStatus: null);
        var begun = Assert.IsType<RecoveryCreation.Begun>(
            await Service<RecoveryStore>().CreateAsync(Org, Webhook, new NewRecovery(scope, Rate: 500), key: null, Cancel));

        await Service<RecoveryRunner>().StepAsync(begun.Recovery.Id, Cancel);

        Assert.Empty(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        var pulled = await PullAsync();
        await ReportAsync(200, pulled);
        Assert.Equal(3, pulled.Count);
        Assert.Equal("recovery", Assert.Single((await FindAsync(pulled[0].Id)).Attempts).Trigger);
    }

    [Fact]
    public async Task Statistics_count_what_is_pulled_as_they_count_what_is_posted()
    {
        await PublishPulledAsync(6);
        var pulled = await PullAsync(5);
        await ReportAsync(200, pulled[0], pulled[1]);
        await ReportAsync(503, pulled[2]);
        await EndLeasesAsync();
        await Service<PullMaintenance>().RunAsync(Cancel);
        await ChangeAsync(new WebhookChanges(Active: false));
        await ChangeAsync(new WebhookChanges(Active: true));
        await Service<TestDelivery>().SendAsync(Org, Webhook, eventType: null, data: null, Cancel);

        await Service<StatisticsFolding>().RunAsync(Cancel);

        Assert.Empty(await StatisticsRecount.DifferencesAsync(Database, Cancel));
        Assert.Equal(5, await QueryAsync<long>("SELECT sum(attempt_number) FROM webhook_deliveries"));
        Assert.Equal(4, await QueryAsync<long>("SELECT count(*) FROM webhook_deliveries WHERE status = 'canceled'"));
    }

    [Fact]
    public async Task Deactivating_cancels_what_waits_to_be_pulled()
    {
        await PublishPulledAsync(2);

        await ChangeAsync(new WebhookChanges(Active: false));

        Assert.Equal(["canceled", "canceled"], await QueryAllAsync<string>("SELECT status FROM webhook_deliveries"));
    }

    [Fact]
    public async Task Events_that_are_stored_in_parts_wait_to_be_pulled_too()
    {
        var (message, now) = (Message(Org), DateTimeOffset.UtcNow);
        using var expected = new ExpectedDeliveries(TimeProvider.System);

        var published = await Service<PartwiseInsertion>().StoreAsync(
            [new IdentifiedEvent(EventIdentity.Of(message, now), message, now, TraceParent: null)], expected, together: true, Cancel);

        Assert.Equal((1, 0), (published[0].Deliveries, published[0].NewDeliveries.Count));
        Assert.Empty(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        await PullOneAsync();
    }
}
