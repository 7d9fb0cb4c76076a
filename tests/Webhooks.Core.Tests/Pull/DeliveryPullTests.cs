using System.Text;
using Npgsql;
using Webhooks.Core.Cancellation;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Health;
using Webhooks.Core.Pull;
using Webhooks.Core.Secrets;
using Webhooks.Core.Sending;
using Webhooks.Core.Webhooks;

namespace Webhooks.Core.Tests.Pull;

/// <summary>Deliveries that receivers pull, from the event to what is recorded of them.</summary>
public sealed class DeliveryPullTests : PullTest
{
    private static readonly TimeSpan _lease = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task What_waits_to_be_pulled_says_so_and_no_engine_sweep_or_orchestration_finds_it()
    {
        await PublishPulledAsync();
        var delivery = await OnlyAsync();
        var pending = Service<PendingDeliveries>();

        Assert.Equal((DeliveryStatus.Pending, new Hold(Hold.Pull, Until: null)), (delivery.Summary.Status, delivery.Summary.Held));
        Assert.Empty(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        Assert.Empty(await Deliveries.ClaimForWebhooksAsync(new Dictionary<Guid, int> { [Webhook] = 10 }, _lease, Cancel));
        Assert.Null(await Deliveries.ClaimAsync(delivery.Summary.Id, _lease, Cancel));
        Assert.Empty(await pending.StrandedAsync(TimeSpan.Zero, 10, Cancel));
        Assert.Empty(await pending.AmongAsync([delivery.Summary.Id], Cancel));
        Assert.Null(Required(await pending.FindAsync(delivery.Summary.Id, Cancel)).DueIn);
        Assert.Equal((0, Guid.Empty), (await Service<BacklogSurvey>().FindWebhooksAsync(Guid.Empty, 10, Cancel)) switch
        {
            var (webhooks, last) => (webhooks.Count, last),
        });
    }

    [Fact]
    public async Task A_pull_gives_the_signed_request_with_all_of_its_headers_and_what_a_transform_made()
    {
        await ChangeAsync(new WebhookChanges(
            Headers: new NewValue<IReadOnlyDictionary<string, string>?>(new Dictionary<string, string> { ["X-Api-Key"] = "secret" }),
            Transform: new NewValue<string?>("function handler(w) { return {payload: {made: w.payload.data.number}}; }")));
        await PublishPulledAsync();

        var pulled = await PullOneAsync();

        Assert.Equal("""{"made":0}""", pulled.Body);
        var (signer, body) = (new WebhookSigner(Secret), Encoding.UTF8.GetBytes(pulled.Body));
        Assert.Equal(
            signer.Standard(pulled.Headers["webhook-id"], pulled.Headers["webhook-timestamp"], body), pulled.Headers["webhook-signature"]);
        Assert.Equal(signer.OfBody(body), pulled.Headers["X-Webhook-Signature"]);
        Assert.Equal(
            ("secret", "user.created", "application/json; charset=utf-8", pulled.Id.ToString(), "1"),
            (pulled.Headers["X-Api-Key"], pulled.Headers["X-Webhook-Event"], pulled.Headers["Content-Type"],
                pulled.Headers["X-Webhook-Delivery"], pulled.Headers["X-Webhook-Attempt"]));
        Assert.Equal(1, pulled.Attempt);
        Assert.InRange(pulled.LeaseUntil - DateTimeOffset.UtcNow, PullLease.Time / 2, PullLease.Time * 2);
        Assert.Null((await OnlyAsync()).Summary.Held);
        Assert.Equal("""{"made":0}""", (await OnlyAsync()).SentBody);
    }

    [Fact]
    public async Task A_cloud_event_is_pulled_with_its_content_type()
    {
        await ChangeAsync(new WebhookChanges(PayloadFormat: PayloadFormat.CloudEvents));
        await PublishPulledAsync();

        Assert.Equal("application/cloudevents+json", (await PullOneAsync()).Headers["Content-Type"]);
    }

    [Fact]
    public async Task A_result_is_recorded_as_an_attempt_and_a_failure_is_pulled_again_when_its_time_has_come()
    {
        await PublishPulledAsync();
        var first = await PullOneAsync();

        Assert.Equal(DeliveryStatus.Pending, (await ReportAsync(500, first))[first.Id]);
        Assert.Empty(await PullAsync());
        var waiting = await OnlyAsync();
        Assert.Null(waiting.Summary.Held);
        Assert.InRange(waiting.Summary.NextAttemptAt!.Value - DateTimeOffset.UtcNow, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
        await MakeDueAsync();
        var second = await PullOneAsync();
        Assert.Equal(DeliveryStatus.Succeeded, (await ReportAsync(204, second))[second.Id]);

        Assert.Equal((2, "2"), (second.Attempt, second.Headers["X-Webhook-Attempt"]));
        var delivery = await OnlyAsync();
        Assert.Equal([(500, "body", 7), (204, "body", 7)], delivery.Attempts.Select(
            attempt => (attempt.ResponseStatus ?? 0, attempt.ResponseBody ?? "", attempt.DurationMs)));
        Assert.NotNull(delivery.Summary.DeliveredAt);
        Assert.Empty(await PullAsync());
        Assert.Empty(await QueryAllAsync<Guid>("SELECT delivery_id FROM pull_leases"));
    }

    [Fact]
    public async Task A_result_counts_once_and_only_with_the_token_of_the_lease()
    {
        await PublishPulledAsync(2);
        var pulled = await PullAsync();

        Assert.Empty(await ReportAsync(200, pulled[0] with { LeaseToken = Guid.NewGuid() }, pulled[1] with { Id = Guid.NewGuid() }));
        var reports = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ReportAsync(500, pulled[0])));
        Assert.Single(reports, report => report.Count == 1);
        Assert.Empty(await ReportAsync(200, pulled[0]));

        Assert.Single((await FindAsync(pulled[0].Id)).Attempts);
        Assert.Empty((await FindAsync(pulled[1].Id)).Attempts);
    }

    [Fact]
    public async Task Results_for_another_webhook_or_organization_are_not_recorded()
    {
        var (other, _) = await CreateAsync(new NewWebhook(null, ["user.deleted"], true, null, Mode: WebhookMode.Pull));
        await PublishPulledAsync();
        var pulled = await PullOneAsync();
        PullResult[] results = [new(pulled.Id, pulled.LeaseToken, new SendOutcome.Answered(200, ""), Duration: null)];

        Assert.Empty(Required(await Pulls.RecordAsync(Org, other, results, Cancel)));
        Assert.Null(await Pulls.RecordAsync(Guid.NewGuid(), Webhook, results, Cancel));
        Assert.IsType<PullOutcome.NoWebhook>(
            await Pulls.PullAsync(Guid.NewGuid(), Webhook, 10, TimeSpan.Zero, CancellationToken.None, Cancel));

        Assert.Empty((await OnlyAsync()).Attempts);
    }

    [Fact]
    public async Task Of_many_pulls_at_once_each_delivery_is_given_to_one()
    {
        await PublishPulledAsync(200);

        var pulls = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            var all = new List<PulledDelivery>();
            while (await PullAsync(7) is { Count: > 0 } page)
            {
                all.AddRange(page);
            }

            return all;
        }));

        var ids = pulls.SelectMany(pulled => pulled).Select(delivery => delivery.Id).ToList();
        Assert.Equal(200, ids.Count);
        Assert.Equal(200, ids.Distinct().Count());
        Service<NpgsqlDataSource>().Clear();
        await AssertNoDeadlocksAsync();
    }

    [Fact]
    public async Task A_lease_that_ends_is_recorded_once_as_an_attempt_that_was_not_answered_whoever_sees_it()
    {
        await PublishPulledAsync();
        var pulled = await PullOneAsync();
        await Service<PullMaintenance>().RunAsync(Cancel);
        Assert.Empty((await OnlyAsync()).Attempts);
        await EndLeasesAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Service<PullMaintenance>().RunAsync(Cancel)));

        var delivery = await OnlyAsync();
        var attempt = Assert.Single(delivery.Attempts);
        Assert.Equal((SendError.Timeout, (int)PullLease.Time.TotalMilliseconds), (attempt.Error, attempt.DurationMs));
        Assert.Contains("120 s", attempt.Message, StringComparison.Ordinal);
        Assert.Equal(DeliveryStatus.Pending, delivery.Summary.Status);
        Assert.Empty(await ReportAsync(200, pulled));
        await MakeDueAsync();
        Assert.Equal(2, (await PullOneAsync()).Attempt);
    }

    [Fact]
    public async Task A_result_that_comes_after_the_lease_counts_as_long_as_nobody_has_recorded_its_end()
    {
        await PublishPulledAsync();
        var pulled = await PullOneAsync();
        await EndLeasesAsync();

        Assert.Equal(DeliveryStatus.Succeeded, Assert.Single(await ReportAsync(200, pulled)).Value);
        await Service<PullMaintenance>().RunAsync(Cancel);

        Assert.Single((await OnlyAsync()).Attempts);
    }

    [Fact]
    public async Task The_last_attempt_ends_the_delivery_and_says_why()
    {
        await PublishPulledAsync();
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await MakeDueAsync();
            var pulled = await PullOneAsync();
            await Pulls.RecordAsync(
                Org,
                Webhook,
                [new(pulled.Id, pulled.LeaseToken, PullResult.Failure("disk full", TimeSpan.FromSeconds(30)), Duration: null)],
                Cancel);
        }

        var delivery = await OnlyAsync();
        Assert.Equal((DeliveryStatus.Failed, SendError.ReportedFailure), (delivery.Summary.Status, delivery.Summary.Error));
        Assert.Equal("disk full", delivery.Attempts[2].Message);
        Assert.Equal(1, await QueryAsync<long>("SELECT count(*) FROM webhook_signals WHERE event = 'delivery.exhausted'"));
    }

    [Fact]
    public async Task Failures_in_a_row_show_in_the_health_but_open_no_circuit()
    {
        await PublishPulledAsync(30);
        await ReportAsync(503, await PullAsync());

        var webhook = Required(await Service<WebhookStore>().FindAsync(Org, Webhook, Cancel));
        Assert.Equal(
            (HealthState.Failing, 30, CircuitState.Closed, null),
            (webhook.Health.State, webhook.Health.ConsecutiveFailures, webhook.Health.Circuit, webhook.Health.PausedUntil));
        await MakeDueAsync();
        Assert.Equal(30, (await PullAsync()).Count);
    }

    [Fact]
    public async Task A_receiver_that_reports_410_disables_its_webhook_and_what_waits_is_canceled_when_it_is_due()
    {
        await PublishPulledAsync(3);
        await ReportAsync(410, (await PullAsync())[0]);
        Assert.IsType<PullOutcome.Inactive>(await Pulls.PullAsync(Org, Webhook, 10, TimeSpan.Zero, CancellationToken.None, Cancel));
        await EndLeasesAsync();
        await Service<PullMaintenance>().RunAsync(Cancel);
        Assert.Equal(3, await QueryAsync<long>("SELECT count(*) FROM webhook_deliveries WHERE status = 'pending'"));
        await MakeDueAsync();

        await Service<PullMaintenance>().RunAsync(Cancel);

        Assert.Equal(3, await QueryAsync<long>("SELECT count(*) FROM webhook_deliveries WHERE status = 'canceled'"));
    }

    [Fact]
    public async Task What_is_canceled_while_it_is_pulled_gets_no_other_attempt()
    {
        await PublishPulledAsync(2);
        var pulled = await PullAsync();
        await Service<Cancellations>().CancelBacklogAsync(Org, Webhook, DateTimeOffset.MaxValue, Cancel);

        var recorded = await ReportAsync(500, pulled[0]);
        await EndLeasesAsync();
        await Service<PullMaintenance>().RunAsync(Cancel);

        Assert.Equal(DeliveryStatus.Canceled, recorded[pulled[0].Id]);
        foreach (var delivery in pulled)
        {
            var found = await FindAsync(delivery.Id);
            Assert.Equal((DeliveryStatus.Canceled, 1), (found.Summary.Status, found.Attempts.Count));
        }
    }

    [Fact]
    public async Task Without_its_keys_nothing_is_lent_and_no_attempt_is_spent()
    {
        await PublishPulledAsync(2);
        Keys.Available = false;
        await Assert.ThrowsAsync<SecretUnavailableException>(() => PullAsync());
        Keys.Available = true;

        Assert.All(await PullAsync(), pulled => Assert.Equal(1, pulled.Attempt));
        Assert.Equal(2, await QueryAsync<long>("SELECT count(*) FROM webhook_deliveries WHERE lease_token IS NOT NULL"));
    }

    [Fact]
    public async Task A_transform_that_fails_or_cancels_ends_the_delivery_and_the_pull_goes_on_to_others()
    {
        await ChangeAsync(new WebhookChanges(Transform: new NewValue<string?>("""
            function handler(w) {
                if (w.payload.data.number === 0) throw new Error("no");
                return w.payload.data.number === 1 ? {cancel: true} : w;
            }
            """)));
        await PublishPulledAsync(3);

        PulledDelivery[] pulled = [.. await PullAsync(1), .. await PullAsync(1)];

        Assert.Contains("\"number\":2", Assert.Single(pulled).Body, StringComparison.Ordinal);
        Assert.Equal(
            ["canceled", "failed"],
            await QueryAllAsync<string>("SELECT status FROM webhook_deliveries WHERE status <> 'pending' ORDER BY status"));
    }

    [Fact]
    public async Task A_pull_with_large_payloads_gets_fewer_of_them_and_the_rest_come_next()
    {
        var large = new string('x', 200_000);
        await ExecuteAsync("ALTER TABLE webhook_deliveries ALTER COLUMN payload SET STORAGE EXTERNAL");
        await Publisher.PublishAsync([.. Enumerable.Repeat(Message(Org, data: $"\"{large}\""), 40)], Cancel);

        var first = await PullAsync();
        var second = await PullAsync();

        Assert.InRange(first.Count, 1, 30);
        Assert.Equal(40, first.Count + second.Count + (await PullAsync()).Count);
    }

    [Fact]
    public async Task A_wait_ends_as_soon_as_somebody_tells_of_a_delivery()
    {
        var waiting = PullAsync(wait: TimeSpan.FromMinutes(2));
        await PublishPulledAsync();
        Service<PullArrivals>().Tell(Webhook);

        Assert.Single(await waiting);
    }

    [Fact]
    public async Task A_wait_finds_by_itself_what_nobody_tells_of_and_ends_without_any()
    {
        var waiting = PullAsync(wait: TimeSpan.FromMinutes(2));
        await PublishPulledAsync();
        Assert.Single(await waiting);

        Assert.Empty(await PullAsync(wait: TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task A_host_that_stops_ends_waits_and_a_caller_who_goes_leaves_nothing_claimed()
    {
        using var stopping = new CancellationTokenSource();
        using var gone = new CancellationTokenSource();
        var stopped = Pulls.PullAsync(Org, Webhook, 10, TimeSpan.FromMinutes(2), stopping.Token, Cancel);
        var left = Pulls.PullAsync(Org, Webhook, 10, TimeSpan.FromMinutes(2), CancellationToken.None, gone.Token);

        await stopping.CancelAsync();
        await gone.CancelAsync();

        Assert.Empty(Assert.IsType<PullOutcome.Pulled>(await stopped).Deliveries);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        await PublishPulledAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Pulls.PullAsync(Org, Webhook, 10, TimeSpan.Zero, CancellationToken.None, gone.Token));
        await PullOneAsync();
    }
}
