using Webhooks.Core.Cancellation;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Sending;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Cancellation;

public sealed class CancellationsTests : DatabaseTest
{
    private static readonly TimeSpan _lease = TimeSpan.FromMinutes(1);

    private readonly Guid _org = Guid.NewGuid();

    private Cancellations Cancellations => new(Database, TimeProvider.System);

    [Theory]
    [InlineData(204, "succeeded")]
    [InlineData(503, "canceled")]
    public async Task The_answer_to_an_attempt_that_was_under_way_counts_and_nothing_follows_it(int answer, string status)
    {
        var webhook = await AddWebhookAsync(_org);
        var id = await PublishAsync(_org);
        var claim = Required(await Deliveries.ClaimAsync(id, _lease, Cancel));

        Assert.Equal(DeliveryStatus.Pending, await Cancellations.CancelAsync(_org, webhook, id, Cancel));
        Assert.Single((await Deliveries.RecordAsync([Answered(claim, answer)], Cancel)).Ids);

        var delivery = Required(await History.FindAsync(_org, webhook, id, Cancel));
        Assert.Equal(status, delivery.Summary.Status.ToText());
        Assert.Null(delivery.Summary.NextAttemptAt);
        Assert.Equal(answer, Assert.Single(delivery.Attempts).ResponseStatus);
    }

    [Fact]
    public async Task A_canceled_delivery_whose_attempt_was_lost_with_its_server_is_claimed_to_be_canceled()
    {
        var webhook = await AddWebhookAsync(_org);
        var id = await PublishAsync(_org);
        Assert.False(Required(await Deliveries.ClaimAsync(id, _lease, Cancel)).CancelRequested);
        await Cancellations.CancelAsync(_org, webhook, id, Cancel);
        await ExecuteAsync("UPDATE webhook_deliveries SET lease_until = now() - interval '1 second'");

        var claim = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));

        Assert.True(claim.CancelRequested);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_canceled_while_it_was_claimed_is_canceled_when_it_is_given_back_without_an_attempt(bool parked)
    {
        var webhook = await AddWebhookAsync(_org);
        var id = await PublishAsync(_org);
        var claim = Required(await Deliveries.ClaimAsync(id, _lease, Cancel));
        await Cancellations.CancelAsync(_org, webhook, id, Cancel);

        await (parked ? Deliveries.ParkAsync([claim], _lease, _lease, Cancel) : Deliveries.ReleaseAsync([claim], Cancel));

        var delivery = Required(await History.FindAsync(_org, webhook, id, Cancel));
        Assert.Equal(DeliveryStatus.Canceled, delivery.Summary.Status);
        Assert.Null(delivery.Summary.NextAttemptAt);
    }

    [Fact]
    public async Task A_backlog_of_many_statements_is_canceled_beside_claims_and_records_and_nothing_is_lost()
    {
        const int Backlog = (3 * Cancellations.MostPerStatement) + 100;
        var webhook = await AddWebhookAsync(_org);
        await PublishManyAsync(_org, Backlog);
        var recorded = 0;
        using var canceled = new CancellationTokenSource();
        var working = WorkAsync();

        var backlog = Required(await Cancellations.CancelBacklogAsync(_org, webhook, DateTimeOffset.UtcNow.AddDays(1), Cancel));
        await canceled.CancelAsync();
        await working;

        Assert.True(backlog.Complete);
        Assert.Equal(Backlog, backlog.Canceled + recorded + await QueryAsync<int>(
            "SELECT count(*)::int FROM webhook_deliveries WHERE status = 'pending' AND cancel_requested"));
        Assert.Equal(0, await QueryAsync<int>(
            "SELECT count(*)::int FROM webhook_deliveries WHERE status = 'pending' AND cancel_requested IS NULL"));
        await AssertNoDeadlocksAsync();

        async Task WorkAsync()
        {
            while (!canceled.IsCancellationRequested)
            {
                var claims = await Deliveries.ClaimDueAsync(100, _lease, Cancel);
                recorded += (await Deliveries.RecordAsync([.. claims.Select(claim => Answered(claim, 200))], Cancel)).Ids.Count;
            }
        }
    }

    private static DeliveryResult Answered(ClaimedDelivery claim, int status)
    {
        var attempt = new Attempt(
            claim.AttemptsMade + 1, DateTimeOffset.UtcNow, TimeSpan.FromMilliseconds(5), new SendOutcome.Answered(status, ""));
        NextStep next = status < 300 ? new NextStep.Succeeded() : new NextStep.RetryAt(DateTimeOffset.UtcNow.AddHours(1));
        return new DeliveryResult(claim, attempt, next);
    }
}
