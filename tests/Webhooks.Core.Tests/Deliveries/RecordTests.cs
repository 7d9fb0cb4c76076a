using Webhooks.Core.Deliveries;
using Webhooks.Core.Sending;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Deliveries;

public sealed class RecordTests : DatabaseTest
{
    private static readonly TimeSpan _lease = TimeSpan.FromMinutes(1);
    private static readonly DateTimeOffset _started = new(2026, 8, 3, 10, 0, 0, TimeSpan.Zero);

    private readonly Guid _org = Guid.NewGuid();

    [Fact]
    public async Task A_success_ends_the_delivery()
    {
        var (claim, webhook) = await ClaimOneAsync();

        var recorded = await Deliveries.RecordAsync([Succeeded(claim, 204, "thanks")], Cancel);

        Assert.Equal([claim.Id], recorded.Ids);
        var detail = await History.FindAsync(_org, webhook, claim.Id, Cancel);
        Assert.NotNull(detail);
        Assert.Equal(DeliveryStatus.Succeeded, detail.Summary.Status);
        Assert.Equal(1, detail.Summary.AttemptNumber);
        Assert.Equal(204, detail.Summary.ResponseStatus);
        Assert.Equal("thanks", detail.ResponseBody);
        Assert.Null(detail.Summary.Error);
        Assert.Equal(250, detail.Summary.DurationMs);
        Assert.Equal(_started.AddMilliseconds(250), detail.Summary.DeliveredAt);
        Assert.Null(detail.Summary.NextAttemptAt);
        Assert.Equal([new RecordedAttempt(1, _started, 250, 204, "thanks", null, null)], detail.Attempts);
        Assert.Empty(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
    }

    [Fact]
    public async Task A_failure_that_is_retried_is_due_at_the_given_time_and_keeps_every_attempt()
    {
        var (first, webhook) = await ClaimOneAsync();
        await Deliveries.RecordAsync([Refused(first, 500, "no", new NextStep.RetryAt(DateTimeOffset.UtcNow.AddHours(1)))], Cancel);
        Assert.Empty(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        Assert.Null(await Deliveries.ClaimAsync(first.Id, _lease, Cancel));

        await ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = now()");
        var second = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        Assert.Equal(1, second.AttemptsMade);
        Assert.Equal(first.Body, second.Body, BytesEqual);
        await Deliveries.RecordAsync([NotAnswered(second, SendError.Timeout, "It took too long.", new NextStep.Failed())], Cancel);

        var detail = await History.FindAsync(_org, webhook, first.Id, Cancel);
        Assert.NotNull(detail);
        Assert.Equal(DeliveryStatus.Failed, detail.Summary.Status);
        Assert.Equal(2, detail.Summary.AttemptNumber);
        Assert.Null(detail.Summary.ResponseStatus);
        Assert.Null(detail.ResponseBody);
        Assert.Equal(SendError.Timeout, detail.Summary.Error);
        Assert.Null(detail.Summary.DeliveredAt);
        Assert.Equal(
            [
                new RecordedAttempt(1, _started, 250, 500, "no", null, null),
                new RecordedAttempt(2, _started, 250, null, null, SendError.Timeout, "It took too long."),
            ],
            detail.Attempts);
    }

    [Fact]
    public async Task A_cancellation_keeps_what_earlier_attempts_left()
    {
        var (first, webhook) = await ClaimOneAsync();
        await Deliveries.RecordAsync([Refused(first, 503, "busy", new NextStep.RetryAt(DateTimeOffset.UtcNow.AddSeconds(-1)))], Cancel);
        var second = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));

        Assert.Equal(
            [first.Id], (await Deliveries.RecordAsync([new DeliveryResult(second, Attempt: null, new NextStep.Canceled())], Cancel)).Ids);

        var detail = await History.FindAsync(_org, webhook, first.Id, Cancel);
        Assert.NotNull(detail);
        Assert.Equal(DeliveryStatus.Canceled, detail.Summary.Status);
        Assert.Equal(1, detail.Summary.AttemptNumber);
        Assert.Equal(503, detail.Summary.ResponseStatus);
        Assert.Equal("busy", detail.ResponseBody);
        Assert.Equal(250, detail.Summary.DurationMs);
        Assert.Null(detail.Summary.NextAttemptAt);
        Assert.Single(detail.Attempts);
    }

    [Fact]
    public async Task A_result_whose_lease_was_lost_is_left_out()
    {
        await AddWebhookAsync(_org);
        await PublishManyAsync(_org, 2);
        var claims = await Deliveries.ClaimDueAsync(10, _lease, Cancel);
        await ExecuteAsync("UPDATE webhook_deliveries SET lease_until = now() - interval '1 second' WHERE id = $1", claims[0].Id);
        var other = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));

        var recorded = await Deliveries.RecordAsync([.. claims.Select(claim => Succeeded(claim, 200, "late"))], Cancel);

        Assert.Equal([claims[1].Id], recorded.Ids);
        Assert.Equal("pending", await QueryAsync<string>("SELECT status FROM webhook_deliveries WHERE id = $1", claims[0].Id));
        Assert.Equal([other.Id], (await Deliveries.RecordAsync([Succeeded(other, 200, "in time")], Cancel)).Ids);
    }

    [Fact]
    public async Task A_result_is_recorded_once()
    {
        var (claim, webhook) = await ClaimOneAsync();
        Assert.Single((await Deliveries.RecordAsync([Succeeded(claim, 200, "")], Cancel)).Ids);
        Assert.Empty((await Deliveries.RecordAsync([Succeeded(claim, 200, "")], Cancel)).Ids);
        Assert.Single((await History.FindAsync(_org, webhook, claim.Id, Cancel))!.Attempts);
    }

    [Fact]
    public async Task A_result_is_recorded_after_its_lease_has_ended_as_long_as_nobody_else_claimed()
    {
        var (claim, _) = await ClaimOneAsync();
        await ExecuteAsync("UPDATE webhook_deliveries SET lease_until = now() - interval '1 hour'");
        Assert.Single((await Deliveries.RecordAsync([Succeeded(claim, 200, "")], Cancel)).Ids);
    }

    // An attribute cannot hold half a surrogate pair, a field can.
    public static TheoryData<string, string> UnstorableTexts { get; } = new()
    {
        { "a\0b", "a\uFFFDb" },
        { "\uD83D", "\uFFFD" },
        { "x\uDE00y", "x\uFFFDy" },
        { "\uD83D\uDE00 \\u0000 \" \u001f", "\uD83D\uDE00 \\u0000 \" \u001f" },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(UnstorableTexts))]
    public async Task Text_that_PostgreSQL_cannot_hold_does_not_stop_the_batch(string body, string stored)
    {
        var webhook = await AddWebhookAsync(_org);
        await PublishManyAsync(_org, 2);
        var claims = await Deliveries.ClaimDueAsync(10, _lease, Cancel);

        var recorded = await Deliveries.RecordAsync(
            [Refused(claims[0], 500, body, new NextStep.Failed()), NotAnswered(claims[1], body, body, new NextStep.Failed())], Cancel);

        Assert.Equal(2, recorded.Ids.Count);
        var answered = await History.FindAsync(_org, webhook, claims[0].Id, Cancel);
        Assert.Equal(stored, answered?.ResponseBody);
        Assert.Equal(stored, answered?.Attempts[0].ResponseBody);
        var failed = await History.FindAsync(_org, webhook, claims[1].Id, Cancel);
        Assert.Equal(stored, failed?.Summary.Error);
        Assert.Equal(stored, failed?.Attempts[0].Message);
    }

    [Fact]
    public async Task Recording_nothing_records_nothing() => Assert.Empty((await Deliveries.RecordAsync([], Cancel)).Ids);

    [Fact]
    public async Task Attempts_are_stored_under_the_documented_names()
    {
        var (claim, _) = await ClaimOneAsync();
        await Deliveries.RecordAsync([Succeeded(claim, 200, "ok")], Cancel);
        Assert.Equal(
            """[{"error": null, "number": 1, "message": null, "started_at": "2026-08-03T10:00:00+00:00", "duration_ms": 250,"""
            + """ "response_body": "ok", "response_status": 200}]""",
            await QueryAsync<string>("SELECT attempts::text FROM webhook_deliveries"));
    }

    [Fact]
    public async Task Concurrent_recorders_of_the_same_rows_do_not_deadlock()
    {
        await AddWebhookAsync(_org);
        await PublishManyAsync(_org, 1000);
        var claims = await Deliveries.ClaimDueAsync(1000, _lease, Cancel);
        var random = new Random(7);
        var shuffled = Enumerable.Range(0, 8)
            .Select(_ => claims.OrderBy(_ => random.Next()).Select(claim => Succeeded(claim, 200, "")).ToArray()).ToArray();

        var recorded = await Task.WhenAll(shuffled.Select(results => Task.Run(() => Deliveries.RecordAsync(results, Cancel), Cancel)));

        Assert.Equal(1000, recorded.Sum(results => results.Ids.Count));
        Assert.Equal(
            1000, await QueryAsync<long>("SELECT count(*) FROM webhook_deliveries WHERE status = 'succeeded' AND attempt_number = 1"));
        await AssertNoDeadlocksAsync();
    }

    private static bool BytesEqual(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other) => one.Span.SequenceEqual(other.Span);

    private static DeliveryResult Succeeded(ClaimedDelivery claim, int status, string body) =>
        Result(claim, new SendOutcome.Answered(status, body), new NextStep.Succeeded());

    private static DeliveryResult Refused(ClaimedDelivery claim, int status, string body, NextStep next) =>
        Result(claim, new SendOutcome.Answered(status, body), next);

    private static DeliveryResult NotAnswered(ClaimedDelivery claim, string error, string message, NextStep next) =>
        Result(claim, new SendOutcome.NotAnswered(error, message), next);

    private static DeliveryResult Result(ClaimedDelivery claim, SendOutcome outcome, NextStep next) =>
        new(claim, new Attempt(claim.AttemptsMade + 1, _started, TimeSpan.FromMilliseconds(250), outcome), next);

    private async Task<(ClaimedDelivery Claim, Guid Webhook)> ClaimOneAsync()
    {
        var webhook = await AddWebhookAsync(_org);
        await PublishAsync(_org);
        return (Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel)), webhook);
    }
}
