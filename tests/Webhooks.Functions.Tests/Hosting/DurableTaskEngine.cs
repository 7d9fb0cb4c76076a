using System.Collections.Concurrent;
using System.Net;
using DurableTask.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing;
using Microsoft.DurableTask.Testing.Sidecar;
using Microsoft.DurableTask.Testing.Sidecar.Grpc;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Webhooks.Functions.Deliveries;
using Webhooks.Functions.Recoveries;

namespace Webhooks.Functions.Tests.Hosting;

/// <summary>
/// The Durable Task engine: <see cref="DeliverWebhook"/> and <see cref="RecoverWebhook"/> on a worker, a task hub in memory, and gRPC
/// between them. Time is real. What the activities return is the test's.
/// </summary>
public sealed class DurableTaskEngine : IAsyncLifetime
{
    private readonly ConcurrentDictionary<Guid, Func<Task<AttemptResult>>> _attempts = new();
    private readonly ConcurrentDictionary<Guid, Func<Task<RecoveryStatus>>> _pages = new();
    private DurableTaskTestHost _host = null!;

    /// <summary>Its client, as functions get it.</summary>
    public DurableTaskClient Client => _host.Client;

    public async ValueTask InitializeAsync()
    {
        var service = new InMemoryOrchestrationService();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<IOrchestrationService>(service).AddSingleton<IOrchestrationServiceClient>(service);
        builder.Services.AddSingleton<TaskHubGrpcServer>();
        var hub = builder.Build();
        hub.MapGrpcService<TaskHubGrpcServer>();
        await hub.StartAsync();

        var channel = GrpcChannel.ForAddress(hub.Urls.Single());
        var worker = Host.CreateApplicationBuilder();
        worker.Logging.ClearProviders();
        worker.Services.AddDurableTaskWorker(tasks => tasks.UseGrpc(channel).AddTasks(AddTasks));
        worker.Services.AddDurableTaskClient(client => client.UseGrpc(channel).RegisterDirectly());
        var host = worker.Build();
        await host.StartAsync();
        _host = new DurableTaskTestHost(hub, host, channel, host.Services.GetRequiredService<DurableTaskClient>());
    }

    /// <summary>Says what the attempts of a delivery come to.</summary>
    public void Script(Guid delivery, Func<Task<AttemptResult>> attempt) => _attempts[delivery] = attempt;

    /// <summary>Says what the calls for the pages of a recovery come to.</summary>
    public void Script(Guid recovery, Func<Task<RecoveryStatus>> pages) => _pages[recovery] = pages;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private void AddTasks(DurableTaskRegistry registry)
    {
        registry.AddOrchestratorFunc<DeliveryInput, string>(
            nameof(DeliverWebhook), (context, input) => DeliverWebhook.RunAsync(context, input));
        registry.AddOrchestratorFunc<RecoveryInput, string>(
            nameof(RecoverWebhook), (context, input) => RecoverWebhook.RunAsync(context, input));
        registry.AddActivityFunc<RecoveryInput, RecoveryStatus>(nameof(RecoverPages), (_, input) => _pages[input.RecoveryId]());
        registry.AddActivityFunc<DeliveryInput, AttemptResult>(nameof(AttemptDelivery), (_, input) => _attempts[input.DeliveryId]());
    }
}
