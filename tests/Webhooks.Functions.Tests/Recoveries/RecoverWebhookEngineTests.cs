using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Webhooks.Functions.Recoveries;
using Webhooks.Functions.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Functions.Tests.Recoveries;

/// <summary>The orchestrator on the Durable Task engine, in real time.</summary>
public sealed class RecoverWebhookEngineTests(DurableTaskEngine engine) : IClassFixture<DurableTaskEngine>
{
    private readonly Guid _recovery = Guid.CreateVersion7();
    private readonly RecoveryStarter _starter = new(NullLogger<RecoveryStarter>.Instance);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_recovery_goes_on_through_histories_that_begin_anew_until_it_is_finished_and_shows_its_progress()
    {
        const int Calls = RecoverWebhook.CallsInHistory + 3;
        var calls = 0;
        engine.Script(_recovery, () => Task.FromResult(
            ++calls < Calls ? Running(calls, DateTime.UtcNow) : Running(calls, null) with { State = "finished", Done = calls }));

        await _starter.StartAsync(engine.Client, _recovery);

        var instance = await engine.Client.WaitForInstanceCompletionAsync(
            RecoveryStarter.InstanceId(_recovery), getInputsAndOutputs: true, Cancel);
        Assert.Equal("\"finished\"", instance.SerializedOutput);
        Assert.Equal(Calls, calls);
        Assert.Equal(
            $$"""
            {"state":"finished","reason":null,"total":1000,"redelivered":{{Calls}},"done":{{Calls}},"failed":0,"next_step_at":null}
            """,
            instance.SerializedCustomStatus);
    }

    [Fact]
    public async Task A_recovery_sleeps_until_its_next_step_is_due_and_says_so()
    {
        var later = new DateTime(2126, 8, 3, 9, 0, 0, DateTimeKind.Utc);
        engine.Script(_recovery, () => Task.FromResult(Running(7, later)));

        await _starter.StartAsync(engine.Client, _recovery);

        OrchestrationMetadata? instance = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                instance = await engine.Client.GetInstanceAsync(
                    RecoveryStarter.InstanceId(_recovery), getInputsAndOutputs: true, Cancel);
                return instance?.SerializedCustomStatus?.Contains("\"2126-08-03T09:00:00Z\"", StringComparison.Ordinal) == true;
            },
            () => $"{instance} {instance?.SerializedCustomStatus}",
            Cancel);
    }

    private static RecoveryStatus Running(int redelivered, DateTime? next) => new("running", null, 1000, redelivered, 0, 0, next);
}
