using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.DurableTask.Client;
using Webhooks.Functions.Maintenance;
using Webhooks.Functions.Recoveries;
using Webhooks.Functions.Tests.Hosting;

namespace Webhooks.Functions.Tests.Recoveries;

public sealed class RecoverPagesTests : IAsyncLifetime
{
    private readonly Guid _organization = Guid.NewGuid();
    private FunctionsApp _app = null!;
    private Guid _webhook;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await FunctionsApp.StartAsync();
        _webhook = await _app.AddWebhookAsync(_organization);
        for (var number = 0; number < 5; number++)
        {
            await _app.PublishAsync(_organization);
        }

        await _app.ExecuteAsync("UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL");
        await _app.Queues.TakeDeliveriesAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_recovery_that_is_begun_or_resumed_is_started_under_its_id()
    {
        var recovery = await BeginAsync();
        var started = Assert.Single(_app.Orchestrations.Starts);
        await PostAsync($"/{recovery}/pause", HttpStatusCode.OK);
        _app.Orchestrations.Set(started.InstanceId, OrchestrationRuntimeStatus.Completed);

        await PostAsync($"/{recovery}/resume", HttpStatusCode.OK);

        Assert.Equal(("RecoverWebhook", $"{recovery}"), (started.Name, started.InstanceId));
        Assert.Equal($$"""{"recovery_id":"{{recovery}}"}""", started.Input);
        Assert.Equal([started, started], _app.Orchestrations.Starts);
    }

    [Fact]
    public async Task A_recovery_that_could_not_be_started_is_accepted_and_the_sweep_starts_it()
    {
        _app.Orchestrations.Failure = new InvalidOperationException("The storage account is away.");
        var recovery = await BeginAsync();
        _app.Orchestrations.Failure = null;
        await SweepAsync();
        var before = _app.Orchestrations.Starts;
        await _app.ExecuteAsync("UPDATE webhook_recoveries SET next_step_at = now() - interval '3 minutes'");

        await SweepAsync();

        Assert.Empty(before);
        Assert.Equal(recovery.ToString(), Assert.Single(_app.Orchestrations.Starts).InstanceId);
    }

    [Fact]
    public async Task The_activity_makes_the_pages_that_are_due_enqueues_them_and_says_when_to_come_back()
    {
        var recovery = await BeginAsync(rate: 10_000);

        var first = await RunAsync(recovery);
        var enqueued = AppQueues.Ids(await _app.Queues.TakeDeliveriesAsync());
        await _app.ExecuteAsync("UPDATE webhook_deliveries SET status = 'succeeded', next_attempt_at = NULL WHERE status = 'pending'");
        await _app.ExecuteAsync("UPDATE webhook_recoveries SET next_step_at = now()");
        var last = await RunAsync(recovery);

        Assert.Equal(("running", 5, 5), (first.State, first.Total, first.Redelivered));
        Assert.True(first.NextStepAt > DateTime.UtcNow.AddMinutes(-1));
        Assert.Equal(
            await _app.QueryAsync<Guid>("SELECT id FROM webhook_deliveries WHERE redelivery_of IS NOT NULL ORDER BY id"), enqueued.Order());
        Assert.Equal(new RecoveryStatus("finished", null, 5, 5, 5, 0, NextStepAt: null), last);
    }

    [Fact]
    public async Task The_activity_of_a_paused_recovery_or_one_that_is_gone_does_nothing_and_ends()
    {
        var recovery = await BeginAsync();
        await PostAsync($"/{recovery}/pause", HttpStatusCode.OK);

        var paused = await RunAsync(recovery);
        var gone = await RunAsync(Guid.CreateVersion7());

        Assert.Equal(("paused", "requested", null), (paused.State, paused.Reason, paused.NextStepAt));
        Assert.Equal(RecoveryStatus.Gone, gone);
        Assert.Empty(await _app.Queues.TakeDeliveriesAsync());
    }

    private Task<RecoveryStatus> RunAsync(Guid recovery) =>
        _app.Function<RecoverPages>().RunAsync(new RecoveryInput(recovery), Cancel);

    private Task SweepAsync() => _app.Function<StrandedRecoveries>().RunAsync(_app.Orchestrations, Cancel);

    private async Task<Guid> BeginAsync(int? rate = null)
    {
        var (from, to) = (DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddSeconds(30));
        string[] statuses = ["failed"];
        var body = rate is { } wanted ? new { from, to, statuses, rate = wanted } : (object)new { from, to, statuses };
        return (await PostAsync("", HttpStatusCode.Accepted, body)).GetProperty("id").GetGuid();
    }

    private async Task<JsonElement> PostAsync(string path, HttpStatusCode status, object? body = null)
    {
        using var client = _app.For(_organization);
        using var answer = await client.PostAsJsonAsync(
            $"/api/v1/webhooks/{_webhook}/recoveries{path}", body, Cancel);
        Assert.Equal(status, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }
}
