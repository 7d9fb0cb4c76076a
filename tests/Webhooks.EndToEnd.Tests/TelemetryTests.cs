using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>What a running server sends to an OpenTelemetry collector.</summary>
public sealed class TelemetryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_sends_metrics_traces_and_logs_of_what_it_does_and_no_secret_or_query()
    {
        await using var collector = await TelemetryCollector.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        await using var installation = await Installation.CreateAsync(collector.Settings);
        var server = await installation.StartServerAsync();
        using var api = installation.Api(server);
        var webhook = await api.RegisterAsync($"{receiver.Url}/hook?key=in-the-query", "user.created");

        await api.PublishAsync(1_234_567_891, Cancel);

        await receiver.WaitForAsync(1);
        await collector.WaitForAsync(
            "metrics",
            "webhooks.attempts", "webhooks.attempt.duration", "webhooks.event.delay", "succeeded",
            "webhooks.deliveries.pending", "webhooks.deliveries.oldest_pending",
            "http.server.request.duration", "webhooks-server");
        await collector.WaitForAsync(
            "traces", "webhook.publish", "webhook.attempt", webhook.Id.ToString(), "/api/v1/events", "http.response.status_code");
        await collector.WaitForAsync("logs", "attempt 1 succeeded");
        Assert.DoesNotContain("/health", collector.Received("traces"), StringComparison.Ordinal);
        Assert.All(["metrics", "traces", "logs"], signal =>
        {
            Assert.DoesNotContain("in-the-query", collector.Received(signal), StringComparison.Ordinal);
            Assert.DoesNotContain(webhook.Secret, collector.Received(signal), StringComparison.Ordinal);
            Assert.DoesNotContain("1234567891", collector.Received(signal), StringComparison.Ordinal);
        });
        Assert.DoesNotContain(receiver.Requests[0].Headers.Keys, name => name.StartsWith("trace", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(webhook.Id.ToString(), collector.Received("metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_that_is_away_disturbs_nothing()
    {
        using var nobody = new ClosedPort();
        await using var receiver = await Receiver.StartAsync();
        await using var installation = await Installation.CreateAsync(new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{nobody.Number}",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        });
        var server = await installation.StartServerAsync();
        using var api = installation.Api(server);
        await api.RegisterAsync(receiver.Url, "user.created");

        await api.PublishAsync(1, Cancel);

        await receiver.WaitForAsync(1);
        Assert.Equal(0, await server.StopAsync());
    }
}
