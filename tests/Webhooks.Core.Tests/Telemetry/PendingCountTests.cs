using Webhooks.Core.Telemetry;
using Webhooks.Core.Tests.Postgres;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Telemetry;

public sealed class PendingCountTests : DatabaseTest
{
    private readonly Guid _org = Guid.NewGuid();
    private readonly WebhooksMetrics _metrics = new(TimeProvider.System);

    public override async ValueTask DisposeAsync()
    {
        _metrics.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Only_what_is_not_finished_counts_whenever_it_is_due()
    {
        await AddWebhookAsync(_org);
        var deliveries = await PublishManyAsync(_org, 6);
        await ExecuteAsync("UPDATE webhook_deliveries SET created_at = now() - interval '1 hour' WHERE id = $1", deliveries[0]);
        await ExecuteAsync(
            """
            UPDATE webhook_deliveries SET created_at = now() - interval '3 hours 20 minutes', next_attempt_at = now() + interval '2 hours'
            WHERE id = $1
            """,
            deliveries[1]);
        await ExecuteAsync(
            "UPDATE webhook_deliveries SET lease_token = gen_random_uuid(), lease_until = now() + interval '1 minute' WHERE id = $1",
            deliveries[2]);
        await ExecuteAsync(
            """
            UPDATE webhook_deliveries SET created_at = now() - interval '2 days', status = 'failed', next_attempt_at = NULL
            WHERE id = $1
            """,
            deliveries[3]);
        using var recorder = new MeasurementRecorder(_metrics);

        await new PendingCount(Database, _metrics).RunAsync(Cancel);

        Assert.Equal(5, Assert.Single(recorder.Observe("webhooks.deliveries.pending")).Value);
        var oldest = Assert.Single(recorder.Observe("webhooks.deliveries.oldest_pending")).Value;
        Assert.InRange(oldest, 12_000, 12_060);
    }

    [Fact]
    public async Task What_waits_to_be_pulled_or_is_pulled_is_no_backlog_of_the_system()
    {
        var webhook = await AddWebhookAsync(_org);
        await ExecuteAsync("UPDATE webhooks SET mode = 'pull', url = '' WHERE id = $1", webhook);
        await PublishManyAsync(_org, 3);
        await ExecuteAsync(
            "UPDATE webhook_deliveries SET created_at = now() - interval '2 days', next_attempt_at = now() - interval '2 days'");
        await ExecuteAsync(
            "UPDATE webhook_deliveries SET lease_token = gen_random_uuid() WHERE id = (SELECT id FROM webhook_deliveries LIMIT 1)");
        using var recorder = new MeasurementRecorder(_metrics);

        await new PendingCount(Database, _metrics).RunAsync(Cancel);

        Assert.Equal(3, Assert.Single(recorder.Observe("webhooks.deliveries.pending")).Value);
        string[] backlog = ["oldest_pending", "due", "oldest_due", "leased"];
        Assert.All(backlog, name => Assert.Equal(0, Assert.Single(recorder.Observe($"webhooks.deliveries.{name}")).Value));
    }

    [Fact]
    public async Task What_is_due_what_is_claimed_and_what_waits_are_told_apart()
    {
        await AddWebhookAsync(_org);
        var deliveries = await PublishManyAsync(_org, 5);
        await ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = now() - interval '7 minutes'");
        await ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = now() + interval '2 hours' WHERE id = $1", deliveries[0]);
        await ExecuteAsync(
            "UPDATE webhook_deliveries SET lease_token = gen_random_uuid(), lease_until = now() + interval '1 minute' WHERE id = $1",
            deliveries[1]);
        await ExecuteAsync(
            "UPDATE webhook_deliveries SET lease_token = gen_random_uuid(), lease_until = now() - interval '1 minute' WHERE id = $1",
            deliveries[2]);
        using var recorder = new MeasurementRecorder(_metrics);

        await new PendingCount(Database, _metrics).RunAsync(Cancel);

        Assert.Equal([new Measured(3, "")], recorder.Observe("webhooks.deliveries.due"));
        Assert.Equal([new Measured(1, "")], recorder.Observe("webhooks.deliveries.leased"));
        Assert.InRange(Assert.Single(recorder.Observe("webhooks.deliveries.oldest_due")).Value, 420, 480);
    }

    [Fact]
    public async Task Paused_webhooks_are_counted_by_what_pauses_them_and_without_saying_whose()
    {
        for (var webhook = 0; webhook < 4; webhook++)
        {
            await AddWebhookAsync(_org);
        }

        await ExecuteAsync(
            """
            UPDATE webhook_health SET paused_until = now() + interval '1 minute' * paused.minutes, paused_by = paused.by
            FROM (SELECT webhook_id, (ARRAY['circuit', 'circuit', 'retry_after', 'circuit'])[row_number() OVER ()] AS by,
                         (ARRAY[1, 2, 3, -1])[row_number() OVER ()] AS minutes FROM webhook_health) AS paused
            WHERE webhook_health.webhook_id = paused.webhook_id
            """);
        using var recorder = new MeasurementRecorder(_metrics);

        await new PendingCount(Database, _metrics).RunAsync(Cancel);

        Assert.Equal([new Measured(2, "by=circuit"), new Measured(1, "by=retry_after")], recorder.Observe("webhooks.paused"));
    }

    [Fact]
    public async Task What_is_wanted_later_is_as_old_as_the_time_since_then()
    {
        await AddWebhookAsync(_org);
        var deliveries = await PublishManyAsync(_org, 2);
        await ExecuteAsync(
            """
            UPDATE webhook_deliveries SET created_at = now() - interval '5 days', deliver_at = now() + $2, next_attempt_at = now() + $2
            WHERE id = $1
            """,
            deliveries[0], TimeSpan.FromDays(2));
        await ExecuteAsync(
            "UPDATE webhook_deliveries SET created_at = now() - interval '5 days', deliver_at = now() - interval '100 s' WHERE id = $1",
            deliveries[1]);
        using var recorder = new MeasurementRecorder(_metrics);

        await new PendingCount(Database, _metrics).RunAsync(Cancel);

        Assert.InRange(Assert.Single(recorder.Observe("webhooks.deliveries.oldest_pending")).Value, 100, 160);
    }

    [Fact]
    public async Task The_oldest_may_be_days_old()
    {
        await AddWebhookAsync(_org);
        await PublishAsync(_org);
        await ExecuteAsync("UPDATE webhook_deliveries SET created_at = now() - interval '40 days'");
        using var recorder = new MeasurementRecorder(_metrics);

        await new PendingCount(Database, _metrics).RunAsync(Cancel);

        Assert.InRange(Assert.Single(recorder.Observe("webhooks.deliveries.oldest_pending")).Value, 3_456_000, 3_456_060);
    }

    [Theory]
    [InlineData("3 days", 0, 0)]
    [InlineData("-2 hours", 7_200, 7_260)]
    public async Task A_delivery_whose_webhook_has_waits_of_its_own_is_as_old_as_it_is_overdue(string dueIn, double least, double most)
    {
        await AddWebhookAsync(_org);
        await PublishAsync(_org);
        await ExecuteAsync("UPDATE webhooks SET retry_delays = '{604800}'");
        await ExecuteAsync(
            $"UPDATE webhook_deliveries SET created_at = now() - interval '4 days', next_attempt_at = now() + interval '{dueIn}'");
        using var recorder = new MeasurementRecorder(_metrics);

        await new PendingCount(Database, _metrics).RunAsync(Cancel);

        Assert.Equal(1, Assert.Single(recorder.Observe("webhooks.deliveries.pending")).Value);
        Assert.InRange(Assert.Single(recorder.Observe("webhooks.deliveries.oldest_pending")).Value, least, most);
    }

    [Fact]
    public async Task Without_pending_deliveries_both_are_zero()
    {
        using var recorder = new MeasurementRecorder(_metrics);

        await new PendingCount(Database, _metrics).RunAsync(Cancel);

        Assert.Equal([new Measured(0, "")], recorder.Observe("webhooks.deliveries.pending"));
        Assert.Equal([new Measured(0, "")], recorder.Observe("webhooks.deliveries.oldest_pending"));
    }

    [Fact]
    public async Task Nothing_is_counted_for_nobody()
    {
        await new PendingCount(Database, _metrics).RunAsync(Cancel);

        using var recorder = new MeasurementRecorder(_metrics);
        Assert.Empty(recorder.Observe("webhooks.deliveries.pending"));
    }
}
