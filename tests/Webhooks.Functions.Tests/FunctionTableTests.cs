using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Webhooks.Api;
using Webhooks.Functions.Deliveries;
using Webhooks.Functions.Http;
using Webhooks.Functions.Tests.Hosting;

namespace Webhooks.Functions.Tests;

/// <summary>What the Functions host reads from the app: names, triggers, routes, queues, and host.json.</summary>
public sealed partial class FunctionTableTests
{
    private static readonly JsonElement _hostJson = JsonElement.Parse(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")));

    [Fact]
    public void The_app_has_these_functions_and_no_others()
    {
        // A function for each operation that there was at first; of what came later, one for a resource.
        string[] byResource =
        [
            OperationNames.CreateApiKey, OperationNames.ListApiKeys, OperationNames.GetApiKey, OperationNames.RevokeApiKey,
            OperationNames.ListOrganizations, OperationNames.GetOrganization, OperationNames.UpdateOrganization,
            OperationNames.EraseOrganization,
            OperationNames.ListEventTypes, OperationNames.GetEventType, OperationNames.CreateEventType, OperationNames.UpdateEventType,
            OperationNames.DeleteEventType, OperationNames.ImportEventTypes,
            OperationNames.PullDeliveries, OperationNames.ReportPulled,
            OperationNames.CreatePortalSession, OperationNames.ListPortalSessions, OperationNames.RevokePortalSession,
            OperationNames.GetPortalSession,
        ];
        var operations = typeof(OperationNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(
            field => (string)field.GetValue(null)!).Except(byResource);
        string[] others =
        [
            "FanOutEvent", "PublishInbox", "StartDelivery", "DeliverWebhook", "DeliveryAttempt", "RecoverWebhook", "RecoverPages",
            "Maintenance",
            "HealthLive", "HealthReady", "OpenApi", "Docs", "UnknownRoute", "ApiKeys",
            "Organizations", "EventTypes", "Pull", "PortalSessions", "Portal",
        ];

        Assert.Equal(operations.Concat(others).Order(), AppFunction.All.Select(function => function.Name).Order());
    }

    [Fact]
    public async Task Every_operation_of_the_api_is_a_function_of_its_name_with_its_route_and_method()
    {
        await using var app = await FunctionsApp.StartAsync();
        var endpoints = app.Services.GetRequiredService<ApiPipeline>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>() is not null)
            .Select(endpoint => (
                endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName,
                endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0].ToUpperInvariant(),
                endpoint.RoutePattern.RawText!.Trim('/')))
            .ToHashSet();
        var functions = AppFunction.All
            .Where(function => function.Http is { Methods: not null } && function.Method.DeclaringType != typeof(ServiceFunctions)
                && function.Method.DeclaringType != typeof(PortalFunctions))
            .Select(function => (function.Name, Assert.Single(function.Http!.Methods!).ToUpperInvariant(), function.Http.Route!))
            .ToHashSet();

        Assert.Equal(34, functions.Count);
        Assert.Equal(endpoints.Where(endpoint => functions.Any(function => function.Name == endpoint.EndpointName)).ToHashSet(), functions);
        Assert.Superset(
            functions.Select(function => function.Name).ToHashSet(), endpoints.Select(endpoint => endpoint.EndpointName).ToHashSet());
    }

    [Fact]
    public async Task Every_endpoint_of_the_api_is_reached_by_a_function()
    {
        await using var app = await FunctionsApp.StartAsync();
        var routes = AppFunction.All.Where(function => function.Http is not null).Select(function => function.Http!.Route!).ToList();

        var endpoints = app.Services.GetRequiredService<ApiPipeline>().Endpoints.OfType<RouteEndpoint>().Select(
            endpoint => endpoint.RoutePattern.RawText!.Trim('/'));

        Assert.All(endpoints.Distinct(), endpoint => Assert.Contains(routes, route =>
            route == endpoint || (route.EndsWith("/{*path}", StringComparison.Ordinal) && endpoint.StartsWith(
                route[..^"/{*path}".Length], StringComparison.Ordinal))
            || route == endpoint.Replace("{documentName}", "v1", StringComparison.Ordinal)));
    }

    [Fact]
    public void Http_functions_leave_authorization_to_the_api_and_stay_clear_of_the_hosts_own_routes()
    {
        var functions = AppFunction.All.Where(function => function.Http is not null).ToList();

        Assert.All(functions, function =>
        {
            Assert.Equal(AuthorizationLevel.Anonymous, function.Http!.AuthLevel);
            Assert.DoesNotMatch("^(admin|runtime)(/|$)", function.Http.Route!);
            Assert.False(function.Http.Route!.StartsWith('/'));
            Assert.Equal(typeof(Task<IResult>), function.Method.ReturnType);
            Assert.Equal(typeof(HttpRequest), function.Method.GetParameters()[0].ParameterType);
        });
        Assert.Equal("", _hostJson.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString());
    }

    [Fact]
    public void Queues_are_those_of_the_design_on_the_hosts_own_storage_account()
    {
        Assert.Equal("webhook-events", Function("FanOutEvent").Queue!.QueueName);
        Assert.Equal("webhook-deliveries", Function("StartDelivery").Queue!.QueueName);
        var outputs = typeof(FanOutResult).GetProperties().ToDictionary(
            property => property.Name, property => property.GetCustomAttribute<QueueOutputAttribute>()!);
        Assert.Equal("webhook-deliveries", outputs[nameof(FanOutResult.Deliveries)].QueueName);
        // Where the host itself puts what failed maxDequeueCount times.
        Assert.Equal("webhook-events-poison", outputs[nameof(FanOutResult.Poison)].QueueName);
        Assert.Equal(typeof(Task<FanOutResult>), Function("FanOutEvent").Method.ReturnType);

        Assert.All(AppFunction.All.Where(function => function.Queue is not null), function => Assert.Null(function.Queue!.Connection));
        Assert.All(outputs.Values, output => Assert.Null(output.Connection));
        Assert.Equal("none", _hostJson.GetProperty("extensions").GetProperty("queues").GetProperty("messageEncoding").GetString());
        Assert.Equal(1000, _hostJson.GetProperty("extensions").GetProperty("queues").GetProperty("maxDequeueCount").GetInt32());
    }

    [Fact]
    public void The_orchestration_its_activity_and_their_clients_are_bound_to_the_right_types()
    {
        var orchestrator = Function("DeliverWebhook").Method.GetParameters();
        Assert.Equal(typeof(TaskOrchestrationContext), orchestrator[0].ParameterType);
        Assert.NotNull(orchestrator[0].GetCustomAttribute<OrchestrationTriggerAttribute>());
        Assert.Equal(typeof(DeliveryInput), orchestrator[1].ParameterType);

        var activity = Function("DeliveryAttempt").Method;
        Assert.Equal(typeof(DeliveryInput), activity.GetParameters()[0].ParameterType);
        Assert.Equal("AttemptDelivery", activity.GetParameters()[0].GetCustomAttribute<ActivityTriggerAttribute>()!.Activity);
        Assert.Equal(typeof(Task<AttemptResult>), activity.ReturnType);

        var clients = AppFunction.All.Where(function => function.Attribute<DurableClientAttribute>() is not null).ToList();
        Assert.Equal(
            ["CreateRecovery", "FanOutEvent", "GetDelivery", "Maintenance", "ResumeRecovery", "StartDelivery"],
            clients.Select(function => function.Name).Order());
        Assert.All(clients, function => Assert.Contains(function.Method.GetParameters(), parameter =>
            parameter.ParameterType == typeof(DurableTaskClient) && parameter.GetCustomAttribute<DurableClientAttribute>() is not null));
    }

    [Fact]
    public void Maintenance_runs_every_minute_on_a_schedule_of_six_fields()
    {
        var timer = Function("Maintenance").Timer!;

        Assert.Equal("0 * * * * *", timer.Schedule);
        Assert.True(timer.UseMonitor);
        Assert.False(timer.RunOnStartup);
    }

    [Fact]
    public void The_inbox_is_looked_into_every_five_seconds_and_a_look_that_is_missed_is_not_made_up_for()
    {
        var timer = Function("PublishInbox").Timer!;

        Assert.Equal("*/5 * * * * *", timer.Schedule);
        Assert.False(timer.UseMonitor);
        Assert.False(timer.RunOnStartup);
    }

    [Fact]
    public void The_host_sends_its_telemetry_as_the_worker_does_and_traces_orchestrations_without_their_data()
    {
        Assert.Equal("OpenTelemetry", _hostJson.GetProperty("telemetryMode").GetString());
        var tracing = _hostJson.GetProperty("extensions").GetProperty("durableTask").GetProperty("tracing");
        Assert.True(tracing.GetProperty("distributedTracingEnabled").GetBoolean());
        Assert.Equal("V2", tracing.GetProperty("version").GetString());
        Assert.False(tracing.GetProperty("traceInputsAndOutputs").GetBoolean());
    }

    [Fact]
    public void The_host_can_find_and_make_every_function()
    {
        Assert.All(AppFunction.All, function =>
        {
            Assert.True(function.Method.IsPublic && function.Method.DeclaringType!.IsPublic, function.Name);
            Assert.Equal(1, function.Method.GetParameters().Count(parameter =>
                parameter.GetCustomAttributes()
                    .Any(attribute => attribute.GetType().Name.EndsWith("TriggerAttribute", StringComparison.Ordinal))));
        });
        Assert.Matches(Name(), _hostJson.GetProperty("extensions").GetProperty("durableTask").GetProperty("hubName").GetString()!);
        Assert.False(_hostJson.TryGetProperty("extensionBundle", out _));
    }

    [Fact]
    public void The_sample_settings_and_the_host_settings_lie_beside_the_app()
    {
        var sample = JsonElement.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "local.settings.sample.json")));

        Assert.Equal(8084, sample.GetProperty("Host").GetProperty("LocalHttpPort").GetInt32());
        Assert.Equal("dotnet-isolated", sample.GetProperty("Values").GetProperty("FUNCTIONS_WORKER_RUNTIME").GetString());
    }

    private static AppFunction Function(string name) => AppFunction.All.Single(function => function.Name == name);

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]{2,44}$")]
    private static partial Regex Name();
}
