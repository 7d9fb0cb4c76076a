using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Webhooks.EndToEnd.Tests.Local;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>What the server serves to Prometheus, and what rules and dashboard make of it.</summary>
public sealed partial class PrometheusTests : IAsyncLifetime
{
    private const string Prometheus = "/usr/bin/prometheus";

    private readonly TemporaryDirectory _folder = new();
    private AzuriteServer _queues = null!;
    private Installation _installation = null!;
    private ServerProcess _server = null!;
    private string _metrics = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(TestedHost.IsFunctions, "The Functions app has no port for metrics.");
        _queues = await AzuriteServer.StartAsync();
        _installation = await Installation.CreateAsync(new Dictionary<string, string>
        {
            ["Webhooks__MetricsUrl"] = "http://127.0.0.1:0",
            ["ConnectionStrings__Queues"] = _queues.ConnectionString,
        });
        _server = await _installation.StartServerAsync();
        _metrics = MetricsUrl().Match(_server.Log).Groups[1].Value;
    }

    public async ValueTask DisposeAsync()
    {
        if (_installation is not null)
        {
            await _installation.DisposeAsync();
            await _queues.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Every_metric_that_rules_and_dashboard_name_is_served_and_none_names_a_webhook_or_an_organization()
    {
        var webhooks = await WorkAsync();
        var named = Named("deploy/prometheus/webhooks.rules.yml").Union(Named("deploy/grafana/webhooks.json")).ToArray();
        var (text, missing) = ("", named);

        await Eventually.HoldsAsync(
            async () =>
            {
                text = await ScrapeAsync();
                var served = Sample().Matches(text).Select(match => match.Groups[1].Value).ToHashSet();
                missing = [.. named.Except(served)];
                return missing.Length == 0;
            },
            () => $"{string.Join(", ", missing)} are not among:\n{text}",
            Cancel);

        Assert.True(named.Length > 10);
        string[] labels =
        [
            "queue=\"events\"", "queue=\"poison\"", "by=\"circuit\"", "credential=\"key\"", "limited=\"false\"", "outcome=\"succeeded\"",
            "http_response_status_code=\"401\"", "http_route=\"/api/v1/events\"",
        ];
        Assert.All(labels, label => Assert.Contains(label, text, StringComparison.Ordinal));
        Assert.All(
            webhooks.Append(_installation.Organization), id => Assert.DoesNotContain(id.ToString(), text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_and_api_are_not_at_each_others_port()
    {
        using var client = new HttpClient();

        using var metricsAtApi = await client.GetAsync($"{_server.Url}/metrics", Cancel);
        using var apiAtMetrics = await client.GetAsync(_metrics.Replace("/metrics", "/api/v1/webhooks", StringComparison.Ordinal), Cancel);
        using var healthAtMetrics = await client.GetAsync(_metrics.Replace("/metrics", "/health/live", StringComparison.Ordinal), Cancel);

        Assert.All(
            (HttpResponseMessage[])[metricsAtApi, apiAtMetrics, healthAtMetrics],
            answer => Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode));
        Assert.NotEqual(new Uri(_server.Url).Port, new Uri(_metrics).Port);
        Assert.Equal(0, await _server.StopAsync());
    }

    [Fact]
    public async Task A_real_prometheus_reads_them_and_evaluates_the_rules()
    {
        Assert.SkipUnless(File.Exists(Prometheus), "Prometheus is not installed: apt-get install prometheus.");
        await WorkAsync();
        var address = $"127.0.0.1:{FreePort()}";
        var config = Path.Combine(_folder.Path, "prometheus.yml");
        await File.WriteAllTextAsync(
            config,
            $$"""
            global: { scrape_interval: 1s, evaluation_interval: 1s }
            rule_files: [ "{{InRepository("deploy/prometheus/webhooks.rules.yml")}}" ]
            scrape_configs: [ { job_name: webhooks, static_configs: [ { targets: [ "{{new Uri(_metrics).Authority}}" ] } ] } ]
            """,
            Cancel);
        using var prometheus = Process.Start(new ProcessStartInfo(
            Prometheus,
            [$"--config.file={config}", $"--storage.tsdb.path={Path.Combine(_folder.Path, "data")}", $"--web.listen-address={address}"])
        {
            RedirectStandardError = true,
        })!;
        var log = prometheus.StandardError.ReadToEndAsync(Cancel);
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://{address}") };
            JsonNode? answer = null;

            await Eventually.HoldsAsync(
                async () => (answer = await QueryAsync(client, "/api/v1/query?query=max(webhooks_deliveries_pending)")) is not null
                    && answer["data"]!["result"]!.AsArray().Count == 1,
                () => $"{answer}",
                Cancel);
            await Eventually.HoldsAsync(
                async () => (answer = await QueryAsync(client, "/api/v1/rules")) is not null
                    && answer["data"]!["groups"]!.AsArray() is [{ } group]
                    && group["rules"]!.AsArray().All(rule => rule!["health"]!.GetValue<string>() == "ok"),
                () => $"{answer}",
                Cancel);

            Assert.Equal(15, answer!["data"]!["groups"]![0]!["rules"]!.AsArray().Count);
        }
        finally
        {
            prometheus.Kill();
            await log;
        }
    }

    /// <summary>Has something happen of everything that is counted.</summary>
    private async Task<Guid[]> WorkAsync()
    {
        await using var receiver = await Receiver.StartAsync(request => request.Path == "/fails" ? 500 : 200);
        using var api = _installation.Api(_server);
        var works = await api.RegisterAsync($"{receiver.Url}/works", "user.created", "delivery.exhausted");
        var fails = await api.RegisterAsync(
            new { url = $"{receiver.Url}/fails", events = new[] { "user.created" }, retry_delays = Array.Empty<int>() });
        for (var number = 0; number < 4; number++)
        {
            await api.PublishAsync(number, Cancel);
        }

        await api.WaitForHistoryAsync(
            fails.Id, history => history.Count == 4 && history.All(one => one["status"]!.GetValue<string>() == "failed"), Cancel);
        using var client = _server.CreateClient(Guid.NewGuid());
        foreach (var token in (string[])["garbage", "whk_garbage"])
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", token);
            using var refused = await client.GetAsync("/api/v1/webhooks", Cancel);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        return [works.Id, fails.Id];
    }

    private async Task<string> ScrapeAsync()
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(_metrics, Cancel);
    }

    private static async Task<JsonNode?> QueryAsync(HttpClient client, string path)
    {
        try
        {
            return JsonNode.Parse(await client.GetStringAsync(path, Cancel));
        }
        catch (HttpRequestException)
        {
            // It has not started yet.
            return null;
        }
    }

    private static IEnumerable<string> Named(string file) =>
        Metric().Matches(File.ReadAllText(InRepository(file))).Select(match => match.Value);

    private static string InRepository(string file) => Path.Combine(RunScript.Repository, file);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("webhook metrics are served at (http://[^ ]+/metrics)")]
    private static partial Regex MetricsUrl();

    [GeneratedRegex(@"\b(webhooks|http_server|db_client)_[a-z0-9_]+")]
    private static partial Regex Metric();

    [GeneratedRegex(@"^([a-z0-9_:]+)[{ ]", RegexOptions.Multiline)]
    private static partial Regex Sample();
}
