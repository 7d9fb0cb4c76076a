using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Webhooks.Core;
using Webhooks.Functions.Deliveries;
using Webhooks.Functions.Maintenance;
using Webhooks.Functions.Telemetry;
using Webhooks.Functions.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Functions.Tests.Telemetry;

[Collection(nameof(AloneInTheProcess))]
public sealed class WorkerTelemetryTests
{
    private const string ConnectionString = "InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=http://127.0.0.1:9/";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Without_a_destination_nothing_is_collected()
    {
        var services = new ServiceCollection();

        Assert.Null(services.AddWorkerTelemetry(Configuration()));
        Assert.Empty(services);
    }

    [Fact]
    public void Application_Insights_gets_everything_as_the_apps_identity_and_the_log_unsampled()
    {
        using var services = Services(
            ("APPLICATIONINSIGHTS_CONNECTION_STRING", ConnectionString),
            ("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "ClientId=0f1e2d3c-0000-0000-0000-000000000002;Authorization=AAD"));

        var options = services.GetRequiredService<IOptionsMonitor<AzureMonitorExporterOptions>>().CurrentValue;

        Assert.Equal(ConnectionString, options.ConnectionString);
        Assert.IsType<ManagedIdentityCredential>(options.Credential);
        Assert.False(options.EnableTraceBasedLogsSampler);
        Assert.NotNull(services.GetService<TracerProvider>());
        Assert.NotNull(services.GetService<MeterProvider>());
    }

    [Fact]
    public void Without_an_authentication_string_the_connection_string_is_enough()
    {
        using var services = Services(("APPLICATIONINSIGHTS_CONNECTION_STRING", ConnectionString));

        Assert.Null(services.GetRequiredService<IOptionsMonitor<AzureMonitorExporterOptions>>().CurrentValue.Credential);
    }

    [Theory]
    [InlineData("ClientId=0f1e2d3c-0000-0000-0000-000000000002")]
    [InlineData("Authorization=Basic")]
    [InlineData("nonsense")]
    public void An_authentication_string_without_AAD_is_refused_by_its_name(string text)
    {
        var refusal = Assert.Throws<InvalidSettingException>(() => new ServiceCollection().AddWorkerTelemetry(Configuration(
            ("APPLICATIONINSIGHTS_CONNECTION_STRING", ConnectionString), ("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", text))));

        Assert.Contains("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(text, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_OTLP_endpoint_gets_metrics_and_traces_of_what_the_functions_do()
    {
        await using var collector = await TelemetryCollector.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        var settings = collector.Settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value);
        await using var app = await FunctionsApp.StartAsync(
            settings, services => services.AddWorkerTelemetry(Configuration([.. settings.Select(pair => (pair.Key, pair.Value!))])));
        var organization = Guid.NewGuid();
        var webhook = await app.AddWebhookAsync(organization, receiver.Url);

        var message = await app.Queues.ReceiveEventAsync(AppCalls.EventMessage(organization));
        await app.Function<FanOutEvent>().RunAsync(message, app.Orchestrations, Cancel);
        var delivery = Assert.Single(app.StartedIds());
        await app.Function<MaintenanceFunction>().RunAsync(new Microsoft.Azure.Functions.Worker.TimerInfo(), app.Orchestrations, Cancel);
        Assert.Equal("succeeded", (await app.AttemptAsync(delivery)).Status);

        await collector.WaitForAsync("traces", "webhook.publish", "webhook.attempt", webhook.ToString());
        await collector.WaitForAsync(
            "metrics", "webhooks.attempts", "webhooks.event.delay", "webhooks.deliveries.pending", "webhooks-functions");
        var traceParent = Assert.Single(await app.QueryAsync<string>("SELECT trace_parent FROM webhook_deliveries"));
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-01$", traceParent);
    }

    private static ServiceProvider Services(params (string Name, string Value)[] settings)
    {
        var configuration = Configuration(settings);
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration);
        services.AddWorkerTelemetry(configuration);
        return services.BuildServiceProvider();
    }

    private static IConfigurationRoot Configuration(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value))
            .Build();
}
