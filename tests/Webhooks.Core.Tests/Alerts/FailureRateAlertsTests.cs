using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Webhooks.Core.Alerts;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Signals;
using Webhooks.Core.Statistics;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Alerts;

public sealed class FailureRateAlertsTests : DatabaseTest
{
    private readonly Guid _org = Guid.NewGuid();

    [Fact]
    public async Task An_alert_is_told_once_to_those_that_list_it_in_any_way_and_once_when_it_is_over()
    {
        await AddWebhookAsync(_org, "user.created");
        var named = await AddWebhookAsync(_org, "alert.triggered", "alert.resolved");
        var all = await AddWebhookAsync(_org, "*");
        var kind = await AddWebhookAsync(_org, "alert.*");
        await AddWebhookAsync(Guid.NewGuid(), "*");
        await AttemptAsync(_org, "user.created", attempts: 40, failed: 25);

        await JudgeAsync(times: 3);

        var triggered = Assert.Single(await EventsAsync());
        Assert.Equal("alert.triggered", triggered.Event);
        Assert.Equal(new[] { named, all, kind }.Order(), triggered.Webhooks);
        var data = triggered.Data;
        Assert.Equal(62.5, data["measured"]!["value"]!.GetValue<double>());
        Assert.Equal(50, data["measured"]!["threshold"]!.GetValue<double>());
        Assert.Equal("40 25 300", string.Join(
            ' ', new[] { "attempts", "failed_attempts", "window_seconds" }.Select(name => data["measured"]![name])));
        Assert.EndsWith("Z", data["triggered_at"]!.GetValue<string>(), StringComparison.Ordinal);

        await AttemptAsync(_org, "user.created", attempts: 100, failed: 0);
        await JudgeAsync(times: 3);

        var resolved = (await EventsAsync())[1];
        Assert.Equal("alert.resolved", resolved.Event);
        Assert.Equal("recovered", resolved.Data["resolution"]!.GetValue<string>());
        Assert.Equal(data["alert_id"]!.GetValue<Guid>(), resolved.Data["alert_id"]!.GetValue<Guid>());
        Assert.Equal(data["triggered_at"]!.GetValue<string>(), resolved.Data["triggered_at"]!.GetValue<string>());
        Assert.Equal(2, (await EventsAsync()).Count);
    }

    [Fact]
    public async Task An_alert_is_resolved_when_there_are_no_attempts_any_more_and_can_be_triggered_again()
    {
        await AddWebhookAsync(_org, "alert.triggered", "alert.resolved");
        await AttemptAsync(_org, "user.created", attempts: 20, failed: 20);
        await JudgeAsync();
        await ExecuteAsync("UPDATE webhook_statistics SET at = at - interval '10 minutes'");
        await JudgeAsync();
        await AttemptAsync(_org, "user.created", attempts: 20, failed: 20);
        await JudgeAsync();

        var events = await EventsAsync();
        Assert.Equal(["alert.triggered", "alert.resolved", "alert.triggered"], events.Select(one => one.Event));
        Assert.Equal("quiet", events[1].Data["resolution"]!.GetValue<string>());
        Assert.NotEqual(events[0].Data["alert_id"]!.GetValue<Guid>(), events[2].Data["alert_id"]!.GetValue<Guid>());
    }

    [Fact]
    public async Task Processes_that_judge_at_once_tell_it_once()
    {
        await AddWebhookAsync(_org, "alert.triggered");
        await AttemptAsync(_org, "user.created", attempts: 20, failed: 20);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Alerts().RunAsync(Cancel)));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Signals().RunAsync(Cancel)));

        Assert.Single(await EventsAsync());
    }

    [Theory]
    [InlineData("alert.triggered")]
    [InlineData("alert.resolved")]
    [InlineData("webhook.failing")]
    [InlineData("delivery.exhausted")]
    public async Task Failures_to_deliver_alerts_and_operational_events_are_the_cause_of_none(string type)
    {
        await AddWebhookAsync(_org, "alert.triggered");
        await AttemptAsync(_org, type, attempts: 100, failed: 100);

        await JudgeAsync();

        Assert.Empty(await EventsAsync());
    }

    [Fact]
    public async Task An_organizations_failures_are_its_own()
    {
        var other = Guid.NewGuid();
        await AddWebhookAsync(_org, "*");
        await AddWebhookAsync(other, "*");
        await AttemptAsync(_org, "user.created", attempts: 15, failed: 15);
        await AttemptAsync(other, "user.created", attempts: 15, failed: 15);

        await JudgeAsync();

        Assert.Empty(await EventsAsync());
    }

    [Fact]
    public async Task A_rate_of_zero_turns_alerts_off()
    {
        await AddWebhookAsync(_org, "alert.triggered");
        await AttemptAsync(_org, "user.created", attempts: 100, failed: 100);

        await JudgeAsync(options: new AlertOptions { FailureRate = 0 });

        Assert.Empty(await EventsAsync());
    }

    [Fact]
    public async Task What_was_recorded_is_judged_once_it_has_been_added_up()
    {
        var failing = await AddWebhookAsync(_org, "user.created");
        await AddWebhookAsync(_org, "alert.triggered");
        await PublishManyAsync(_org, 20);
        var claims = await Deliveries.ClaimDueAsync(20, TimeSpan.FromMinutes(1), Cancel);
        await Deliveries.RecordAsync(
            [
                .. claims.Select(claim => new DeliveryResult(
                    claim,
                    new Attempt(1, DateTimeOffset.UtcNow, TimeSpan.FromMilliseconds(5), new Core.Sending.SendOutcome.Answered(500, "")),
                    new NextStep.Failed())),
            ],
            Cancel);
        Assert.All(claims, claim => Assert.Equal(failing, claim.WebhookId));

        await new StatisticsFolding(Database).RunAsync(Cancel);
        await JudgeAsync();

        Assert.Single(await EventsAsync(), one => one.Event == "alert.triggered");
    }

    private FailureRateAlerts Alerts(AlertOptions? options = null) =>
        new(Database, new WebhooksOptions { Alerts = options ?? new AlertOptions() });

    private SignalPublisher Signals() => new(
        Database,
        new DeliveryAnnouncement(Database, NullLogger<DeliveryAnnouncement>.Instance),
        new ClaimedByEngine(),
        Metrics,
        NullLogger<SignalPublisher>.Instance);

    private async Task JudgeAsync(int times = 1, AlertOptions? options = null)
    {
        for (var time = 0; time < times; time++)
        {
            await Alerts(options).RunAsync(Cancel);
            await Signals().RunAsync(Cancel);
        }
    }

    /// <summary>Counts attempts of this minute, as adding up does.</summary>
    private async Task AttemptAsync(Guid orgId, string type, int attempts, int failed) => await ExecuteAsync(
        """
        INSERT INTO webhook_statistics AS known
        SELECT 1, $1, '00000000-0000-0000-0000-000000000000', date_trunc('minute', now()), $2, '', 0, 0, 0, 0, 0, 0, 0, $3, $4, '{}'
        ON CONFLICT (minutes, org_id, webhook_id, at, event, error)
        DO UPDATE SET attempts = known.attempts + $3, failed_attempts = known.failed_attempts + $4
        """,
        orgId,
        type,
        (long)attempts,
        (long)failed);

    /// <summary>The alerts that were published, in order, with the webhooks that get them.</summary>
    private async Task<IReadOnlyList<(string Event, JsonNode Data, IReadOnlyList<Guid> Webhooks)>> EventsAsync()
    {
        const string Sql = """
            SELECT event, (array_agg(payload -> 'data'))[1]::text, array_agg(webhook_id ORDER BY webhook_id)
            FROM webhook_deliveries WHERE event LIKE 'alert.%' GROUP BY event_id, event ORDER BY min(created_at)
            """;
        await using var command = Database.CreateCommand(Sql);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var events = new List<(string, JsonNode, IReadOnlyList<Guid>)>();
        while (await reader.ReadAsync(Cancel))
        {
            events.Add((reader.GetString(0), JsonNode.Parse(reader.GetString(1))!, reader.GetFieldValue<Guid[]>(2)));
        }

        return events;
    }
}
