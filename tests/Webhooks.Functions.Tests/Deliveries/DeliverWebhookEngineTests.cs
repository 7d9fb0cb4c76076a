using System.Collections.Concurrent;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Webhooks.Functions.Deliveries;
using Webhooks.Functions.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Functions.Tests.Deliveries;

/// <summary>The orchestrator on the Durable Task engine, in real time.</summary>
public sealed class DeliverWebhookEngineTests(DurableTaskEngine engine) : IClassFixture<DurableTaskEngine>, IDisposable
{
    private readonly Guid _delivery = Guid.CreateVersion7();
    private readonly DeliveryStarter _starter = new(TimeProvider.System, NullLogger<DeliveryStarter>.Instance);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string InstanceId => DeliveryStarter.InstanceId(_delivery);

    public void Dispose() => _starter.Dispose();

    [Fact]
    public async Task A_delivery_that_succeeds_at_once_completes_with_its_status()
    {
        engine.Script(_delivery, () => Task.FromResult(new AttemptResult("succeeded", 1, 200, null)));

        await _starter.StartAsync(engine.Client, _delivery);

        var instance = await CompletionAsync();
        Assert.Equal(OrchestrationRuntimeStatus.Completed, instance.RuntimeStatus);
        Assert.Equal("\"succeeded\"", instance.SerializedOutput);
        Assert.Equal("""{"attempt":1,"last_status":200,"next_attempt_at":null}""", instance.SerializedCustomStatus);
    }

    [Fact]
    public async Task A_delivery_sleeps_until_each_next_attempt_is_due()
    {
        var attempts = new ConcurrentQueue<DateTime>();
        var due = new ConcurrentQueue<DateTime>();
        engine.Script(_delivery, () =>
        {
            attempts.Enqueue(DateTime.UtcNow);
            if (attempts.Count == 3)
            {
                return Task.FromResult(new AttemptResult("succeeded", 3, 200, null));
            }

            due.Enqueue(DateTime.UtcNow.AddMilliseconds(300));
            return Task.FromResult(new AttemptResult("pending", attempts.Count, 500, due.Last()));
        });

        await _starter.StartAsync(engine.Client, _delivery);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await CompletionAsync()).RuntimeStatus);
        Assert.All(due.Zip(attempts.Skip(1)), pair => Assert.True(pair.Second >= pair.First, $"{pair.Second:O} is before {pair.First:O}."));
    }

    [Fact]
    public async Task A_held_delivery_sleeps_until_the_pause_is_over_and_shows_what_holds_it()
    {
        var until = new DateTime(2126, 8, 3, 9, 0, 0, DateTimeKind.Utc);
        engine.Script(
            _delivery, () => Task.FromResult(new AttemptResult("pending", 0, null, until, new DeliveryHold("circuit", until))));

        await _starter.StartAsync(engine.Client, _delivery);

        const string Held = """{"by":"circuit","until":"2126-08-03T09:00:00Z"}""";
        await EventuallyAsync(instance => instance.SerializedCustomStatus
            == $$"""{"attempt":0,"last_status":null,"next_attempt_at":"2126-08-03T09:00:00Z","held":{{Held}}}""");
        await engine.Client.TerminateInstanceAsync(InstanceId, Cancel);
    }

    [Fact]
    public async Task A_failure_around_an_attempt_is_tried_again_after_seconds_and_needs_nobody()
    {
        var calls = 0;
        engine.Script(_delivery, () => Interlocked.Increment(ref calls) == 1
            ? throw new InvalidOperationException("The database is away.")
            : Task.FromResult(new AttemptResult("succeeded", 1, 200, null)));

        await _starter.StartAsync(engine.Client, _delivery);

        Assert.Equal("\"succeeded\"", (await CompletionAsync()).SerializedOutput);
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task While_it_sleeps_it_shows_when_it_goes_on_and_once_it_is_terminated_the_sweep_can_start_it_again()
    {
        var later = new DateTime(2126, 8, 3, 9, 0, 0, DateTimeKind.Utc);
        engine.Script(_delivery, () => Task.FromResult(new AttemptResult("pending", 1, 503, later)));
        await _starter.StartAsync(engine.Client, _delivery);
        await EventuallyAsync(instance =>
            instance.RuntimeStatus == OrchestrationRuntimeStatus.Running &&
            instance.SerializedCustomStatus == """{"attempt":1,"last_status":503,"next_attempt_at":"2126-08-03T09:00:00Z"}""");
        await engine.Client.TerminateInstanceAsync(InstanceId, Cancel);
        await EventuallyAsync(instance => instance.RuntimeStatus == OrchestrationRuntimeStatus.Terminated);

        engine.Script(_delivery, () => Task.FromResult(new AttemptResult("succeeded", 2, 200, null)));
        await _starter.StartAsync(engine.Client, _delivery);

        await EventuallyAsync(instance => instance.RuntimeStatus == OrchestrationRuntimeStatus.Completed);
    }

    private Task<OrchestrationMetadata> CompletionAsync() =>
        engine.Client.WaitForInstanceCompletionAsync(InstanceId, getInputsAndOutputs: true, Cancel);

    private async Task EventuallyAsync(Func<OrchestrationMetadata, bool> holds)
    {
        OrchestrationMetadata? instance = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                instance = await engine.Client.GetInstanceAsync(InstanceId, getInputsAndOutputs: true, Cancel);
                return instance is not null && holds(instance);
            },
            () => $"{instance} {instance?.SerializedCustomStatus}",
            Cancel);
    }
}
