using Microsoft.Extensions.Logging.Abstractions;
using Webhooks.Core.Deliveries;
using Webhooks.Core.History;
using Webhooks.Core.Idempotency;
using Webhooks.Core.Recoveries;
using Webhooks.Core.Redaction;
using Webhooks.Core.Redelivery;
using Webhooks.Core.Sending;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Redaction;

public sealed class RedactionsTests : DatabaseTest
{
    private const string Personal = """{"email":"jane@example.com"}""";

    private static readonly TimeSpan _lease = TimeSpan.FromMinutes(1);

    private readonly Guid _org = Guid.NewGuid();
    private Guid _webhook;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _webhook = await AddWebhookAsync(_org);
    }

    [Fact]
    public async Task What_was_sent_and_answered_is_gone_from_the_row_and_the_attempts_stay()
    {
        var id = await PublishAsync(_org, data: Personal);
        await AttemptAsync(id, 503, "no such jane@example.com");
        var attempted = Required(await History.FindAsync(_org, _webhook, id, Cancel)).Attempts.Single();
        Assert.Equal("no such jane@example.com", attempted.ResponseHeaders!["X-User"]);
        await ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = now()");
        await AttemptAsync(id, 200, "welcome jane@example.com");

        Assert.True(await RedactAsync(id));

        await AssertForgottenAsync();
        var delivery = Required(await History.FindAsync(_org, _webhook, id, Cancel));
        Assert.Equal(
            (DeliveryStatus.Succeeded, 2, 200),
            (delivery.Summary.Status, delivery.Summary.AttemptNumber, delivery.Summary.ResponseStatus));
        Assert.Null(delivery.Payload);
        Assert.Null(delivery.ResponseBody);
        Assert.NotNull(delivery.RedactedAt);
        Assert.Equal([503, 200], delivery.Attempts.Select(attempt => attempt.ResponseStatus));
        Assert.All(delivery.Attempts, attempt => Assert.Null(attempt.ResponseBody));
        Assert.All(delivery.Attempts, attempt => Assert.Null(attempt.ResponseHeaders));
    }

    [Fact]
    public async Task A_repeat_changes_nothing()
    {
        var id = await PublishAsync(_org);
        await RedactAsync(id);
        var first = Required(await History.FindAsync(_org, _webhook, id, Cancel));

        Assert.True(await RedactAsync(id));

        Assert.Equal(first.RedactedAt, Required(await History.FindAsync(_org, _webhook, id, Cancel)).RedactedAt);
    }

    [Fact]
    public async Task A_pending_delivery_is_canceled_and_the_answer_to_its_attempt_is_not_kept()
    {
        var id = await PublishAsync(_org, data: Personal);
        var claim = Required(await Deliveries.ClaimAsync(id, _lease, Cancel));

        await RedactAsync(id);

        Assert.Empty((await Deliveries.RecordAsync([Answered(claim, 200, "welcome jane@example.com")], Cancel)).Ids);
        Assert.Empty(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        var delivery = Required(await History.FindAsync(_org, _webhook, id, Cancel));
        Assert.Equal(DeliveryStatus.Canceled, delivery.Summary.Status);
        await AssertForgottenAsync();
    }

    [Fact]
    public async Task What_is_erased_is_neither_redelivered_nor_recovered()
    {
        var erased = await PublishAsync(_org);
        var kept = await PublishAsync(_org);
        await ExecuteAsync("UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL");
        await RedactAsync(erased);

        var redelivered = await Redeliveries.RedeliverAsync(_org, _webhook, erased, key: null, Cancel);
        var recoverable = Required(await new RecoverableDeliveries(Database, TimeProvider.System).PreviewAsync(
            _org,
            _webhook,
            new RecoveryScope(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), ["failed"], null, null),
            Cancel));

        Assert.IsType<Redelivered.Redacted>(redelivered);
        Assert.Equal(1, recoverable.Count);
        Assert.IsType<Redelivered.Due>(await Redeliveries.RedeliverAsync(_org, _webhook, kept, key: null, Cancel));
    }

    [Fact]
    public async Task An_event_shows_its_data_as_long_as_a_delivery_has_it()
    {
        var other = await AddWebhookAsync(_org);
        var published = Assert.Single(await Publisher.PublishAsync([Message(_org, data: Personal)], Cancel));
        var history = new OrganizationHistory(Database);

        await RedactAsync(await DeliveryOfAsync(_webhook));
        var half = Required(await history.FindEventAsync(_org, published.Id, Cancel));
        await new Redactions(Database).RedactAsync(_org, other, await DeliveryOfAsync(other), Cancel);
        var none = Required(await history.FindEventAsync(_org, published.Id, Cancel));

        Assert.Contains("jane", half.Data, StringComparison.Ordinal);
        Assert.Equal((null, null, 2), (none.Data, none.Timestamp, none.Deliveries.Count));

        Task<Guid> DeliveryOfAsync(Guid webhook) => QueryAsync<Guid>("SELECT webhook_delivery_id($1, $2)", published.Id, webhook);
    }

    [Fact]
    public async Task Another_organizations_delivery_is_unknown()
    {
        var id = await PublishAsync(_org);

        Assert.False(await new Redactions(Database).RedactAsync(Guid.NewGuid(), _webhook, id, Cancel));
        Assert.False(await new Redactions(Database).RedactAsync(_org, Guid.NewGuid(), id, Cancel));

        Assert.NotNull(Required(await History.FindAsync(_org, _webhook, id, Cancel)).Payload);
    }

    private Redeliveries Redeliveries => new(
        Database,
        new KeyedRequests(Database),
        new ClaimedByEngine(),
        new DeliveryAnnouncement(Database, NullLogger<DeliveryAnnouncement>.Instance),
        TimeProvider.System);

    private Task<bool> RedactAsync(Guid id) => new Redactions(Database).RedactAsync(_org, _webhook, id, Cancel);

    private async Task AttemptAsync(Guid id, int status, string body)
    {
        var claim = Required(await Deliveries.ClaimAsync(id, _lease, Cancel));
        Assert.Single((await Deliveries.RecordAsync([Answered(claim, status, body)], Cancel)).Ids);
    }

    private async Task AssertForgottenAsync() => Assert.DoesNotContain(
        "jane", await QueryAsync<string>("SELECT to_jsonb(delivery)::text FROM webhook_deliveries AS delivery"), StringComparison.Ordinal);

    private static DeliveryResult Answered(ClaimedDelivery claim, int status, string body)
    {
        var answer = new SendOutcome.Answered(status, body)
        {
            Headers = status < 300 ? null : new Dictionary<string, string> { ["X-User"] = body },
        };
        var attempt = new Attempt(claim.AttemptsMade + 1, DateTimeOffset.UtcNow, TimeSpan.FromMilliseconds(5), answer);
        NextStep next = status < 300 ? new NextStep.Succeeded() : new NextStep.RetryAt(DateTimeOffset.UtcNow.AddHours(1));
        return new DeliveryResult(claim, attempt, next);
    }
}
