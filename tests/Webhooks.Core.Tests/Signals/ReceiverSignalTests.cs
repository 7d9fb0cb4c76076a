using System.Text.Json.Nodes;
using Npgsql;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Health;
using Webhooks.Core.Sending;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Signals;

/// <summary>The operational events that follow from what receivers answer: rows of <c>webhook_signals</c>, which are published.</summary>
public sealed class ReceiverSignalTests : DatabaseTest
{
    private static readonly TimeSpan _lease = TimeSpan.FromMinutes(1);

    private readonly Guid _org = Guid.NewGuid();

    [Fact]
    public async Task A_webhook_that_begins_to_fail_is_told_of_once_and_that_it_has_recovered_once()
    {
        var webhook = await AddWebhookAsync(_org);
        for (var count = 1; count < WebhookHealth.FailingFrom; count++)
        {
            await AnswerAsync(500, Retry());
        }

        Assert.Empty(await SignalsAsync());
        for (var count = 0; count < 3; count++)
        {
            await AnswerAsync(500, Retry());
        }

        var failing = Assert.Single(await SignalsAsync());
        Assert.Equal("webhook.failing", failing.Event);
        Assert.Equal(webhook, failing.Data["webhook_id"]!.GetValue<Guid>());
        Assert.Equal(WebhookHealth.FailingFrom, failing.Data["consecutive_failures"]!.GetValue<int>());
        Assert.EndsWith("Z", failing.Data["failing_since"]!.GetValue<string>(), StringComparison.Ordinal);

        await AnswerAsync(200, new NextStep.Succeeded());
        await AnswerAsync(200, new NextStep.Succeeded());
        Assert.Equal(["webhook.failing", "webhook.recovered"], (await SignalsAsync()).Select(signal => signal.Event));
    }

    [Fact]
    public async Task A_receiver_that_fails_now_and_then_is_not_told_of()
    {
        await AddWebhookAsync(_org);

        for (var count = 0; count < 10; count++)
        {
            await AnswerAsync(count % 2 == 0 ? 500 : 200, count % 2 == 0 ? Retry() : new NextStep.Succeeded());
        }

        Assert.Empty(await SignalsAsync());
    }

    [Fact]
    public async Task A_webhook_that_is_enabled_again_or_gets_another_url_has_not_recovered()
    {
        var webhook = await AddWebhookAsync(_org);
        for (var count = 0; count < WebhookHealth.FailingFrom; count++)
        {
            await AnswerAsync(500, Retry());
        }

        await ExecuteAsync("UPDATE webhooks SET url = 'https://example.com/other' WHERE id = $1", webhook);

        Assert.Equal(["webhook.failing"], (await SignalsAsync()).Select(signal => signal.Event));
    }

    [Fact]
    public async Task That_its_receiver_disables_a_webhook_is_told_once_however_many_record_it_at_once()
    {
        await AddWebhookAsync(_org);
        await PublishManyAsync(_org, 8);
        var claims = await Deliveries.ClaimDueAsync(8, _lease, Cancel);

        await Task.WhenAll(claims.Select(claim => Deliveries.RecordAsync([Result(claim, 410, Retry())], Cancel)));

        var disabled = Assert.Single(await SignalsAsync(), signal => signal.Event == "webhook.disabled");
        Assert.Equal("gone", disabled.Data["reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task Deliveries_that_are_not_tried_again_are_told_of_once_an_hour_for_each_webhook()
    {
        await AddWebhookAsync(_org);
        await AddWebhookAsync(_org);
        await Publisher.PublishAsync([Message(_org), Message(_org), Message(_org)], Cancel);
        var claims = await Deliveries.ClaimDueAsync(10, _lease, Cancel);
        await Deliveries.RecordAsync([.. claims.Take(5).Select(claim => Result(claim, 503, new NextStep.Failed()))], Cancel);
        await Deliveries.RecordAsync([Result(claims[5], 503, new NextStep.Failed())], Cancel);

        var exhausted = (await SignalsAsync()).Where(signal => signal.Event == "delivery.exhausted").ToList();

        Assert.Equal(2, exhausted.Count);
        var claimed = claims.Single(claim => claim.Id == exhausted[0].Data["delivery_id"]!.GetValue<Guid>());
        Assert.Equal(claimed.WebhookId, exhausted[0].Data["webhook_id"]!.GetValue<Guid>());
        Assert.Equal(claimed.EventId, exhausted[0].Data["event_id"]!.GetValue<Guid>());
        Assert.Equal(("user.created", 1, 503), (
            exhausted[0].Data["event"]!.GetValue<string>(),
            exhausted[0].Data["attempts"]!.GetValue<int>(),
            exhausted[0].Data["response_status"]!.GetValue<int>()));

        await ExecuteAsync("UPDATE webhook_signals SET period = period - interval '1 hour'");
        await AnswerAsync(503, new NextStep.Failed());
        Assert.Equal(4, (await SignalsAsync()).Count(signal => signal.Event == "delivery.exhausted"));
    }

    [Theory]
    [InlineData("event = 'webhook.failing'")]
    [InlineData("test = true")]
    public async Task Neither_an_operational_events_delivery_nor_a_test_that_fails_is_told_of(string change)
    {
        await AddWebhookAsync(_org);
        await PublishAsync(_org);
        await ExecuteAsync($"UPDATE webhook_deliveries SET {change}");
        var claim = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));

        await Deliveries.RecordAsync([Result(claim, 500, new NextStep.Failed())], Cancel);

        Assert.Empty(await SignalsAsync());
    }

    [Fact]
    public async Task A_recording_that_fails_tells_nothing()
    {
        await AddWebhookAsync(_org);
        await PublishAsync(_org);
        var claim = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        await ExecuteAsync("ALTER TABLE webhook_signals ADD CONSTRAINT no_more CHECK (event <> 'delivery.exhausted')");

        await Assert.ThrowsAsync<PostgresException>(
            () => Deliveries.RecordAsync([Result(claim, 500, new NextStep.Failed())], Cancel));

        Assert.Equal("pending", await QueryAsync<string>("SELECT status FROM webhook_deliveries"));
        await ExecuteAsync("ALTER TABLE webhook_signals DROP CONSTRAINT no_more");
        Assert.Equal([claim.Id], (await Deliveries.RecordAsync([Result(claim, 500, new NextStep.Failed())], Cancel)).Ids);
        Assert.Single(await SignalsAsync());
    }

    private static NextStep.RetryAt Retry() => new NextStep.RetryAt(DateTimeOffset.UtcNow.AddHours(1));

    private static DeliveryResult Result(ClaimedDelivery claim, int status, NextStep next) => new(
        claim,
        new Attempt(claim.AttemptsMade + 1, DateTimeOffset.UtcNow, TimeSpan.FromMilliseconds(5), new SendOutcome.Answered(status, "")),
        next);

    /// <summary>Publishes an event, and has each webhook's receiver answer its delivery.</summary>
    private async Task AnswerAsync(int status, NextStep next)
    {
        await Publisher.PublishAsync([Message(_org)], Cancel);
        var claims = await Deliveries.ClaimDueAsync(10, _lease, Cancel);
        Assert.NotEmpty(claims);
        await Deliveries.RecordAsync([.. claims.Select(claim => Result(claim, status, next))], Cancel);
    }

    private async Task<IReadOnlyList<(string Event, JsonObject Data)>> SignalsAsync()
    {
        await using var command = Database.CreateCommand("SELECT event, data::text FROM webhook_signals ORDER BY id");
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var signals = new List<(string, JsonObject)>();
        while (await reader.ReadAsync(Cancel))
        {
            signals.Add((reader.GetString(0), JsonNode.Parse(reader.GetString(1))!.AsObject()));
        }

        return signals;
    }
}
