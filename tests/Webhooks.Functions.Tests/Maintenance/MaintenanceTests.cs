using Azure.Storage.Queues;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Webhooks.Core.Deliveries;
using Webhooks.Functions.Maintenance;
using Webhooks.Functions.Tests.Hosting;

namespace Webhooks.Functions.Tests.Maintenance;

public sealed class MaintenanceTests : IAsyncLifetime
{
    private readonly Guid _organization = Guid.NewGuid();
    private FunctionsApp _app = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _app = await FunctionsApp.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_delivery_that_nobody_began_is_put_on_the_queue_again()
    {
        var stranded = await PublishAsync(overdue: TimeSpan.FromMinutes(3));
        await PublishAsync(overdue: TimeSpan.FromSeconds(5));
        await _app.Queues.TakeDeliveriesAsync();

        await RunAsync();

        Assert.Equal([stranded], AppQueues.Ids(await _app.Queues.TakeDeliveriesAsync()));
        Assert.Single(_app.Logs.Lines, line => line.Level == LogLevel.Warning && line.Text.StartsWith(
            "webhook sweep found 1 stranded", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_happens_to_a_webhook_is_put_on_the_queue_for_another_that_asks_for_it()
    {
        await _app.AddWebhookAsync(_organization);
        var watcher = await _app.AddWebhookAsync(_organization);
        await _app.ExecuteAsync("UPDATE webhooks SET events = '{webhook.disabled}' WHERE id = $1", watcher);
        await _app.ExecuteAsync("UPDATE webhooks SET active = false WHERE id <> $1", watcher);

        await RunAsync();
        await RunAsync();

        var delivery = Assert.Single(AppQueues.Ids(await _app.Queues.TakeDeliveriesAsync()));
        Assert.Equal(
            DeliveryStatus.Pending,
            (await _app.Services.GetRequiredService<PendingDeliveries>().FindAsync(delivery, Cancel))!.Status);
    }

    [Fact]
    public async Task A_delivery_that_is_being_attempted_or_finished_or_sleeping_is_not_stranded()
    {
        var attempted = await PublishAsync(overdue: TimeSpan.FromMinutes(10));
        await _app.Services.GetRequiredService<DeliveryStore>().ClaimAsync(attempted, TimeSpan.FromMinutes(1), Cancel);
        await FinishAsync(await PublishAsync(overdue: TimeSpan.FromMinutes(10)));
        await PublishAsync(overdue: -TimeSpan.FromHours(2));
        await _app.Queues.TakeDeliveriesAsync();

        await RunAsync();

        Assert.Empty(await _app.Queues.TakeDeliveriesAsync());
    }

    [Fact]
    public async Task A_delivery_whose_worker_crashed_is_stranded_once_its_lease_is_over_for_long_enough()
    {
        var crashed = await PublishAsync(overdue: TimeSpan.FromMinutes(10));
        await _app.Services.GetRequiredService<DeliveryStore>().ClaimAsync(crashed, TimeSpan.FromMinutes(1), Cancel);
        await _app.ExecuteAsync("UPDATE webhook_deliveries SET lease_until = now() - interval '3 minutes' WHERE id = $1", crashed);
        await _app.Queues.TakeDeliveriesAsync();

        await RunAsync();

        Assert.Equal([crashed], AppQueues.Ids(await _app.Queues.TakeDeliveriesAsync()));
    }

    [Fact]
    public async Task Partitions_and_old_orchestrations_are_looked_after_in_the_first_run_of_an_hour()
    {
        var before = await PartitionsAsync();
        await _app.ExecuteAsync($"DROP TABLE {before[^1]}");
        var now = DateTime.UtcNow;

        await RunAsync(last: now);
        Assert.Equal(before.Count - 1, (await PartitionsAsync()).Count);

        await RunAsync(last: now - TimeSpan.FromHours(1));
        Assert.Equal(before, await PartitionsAsync());
    }

    [Fact]
    public async Task A_chore_that_fails_does_not_keep_the_others_from_being_done()
    {
        var stranded = await PublishAsync(overdue: TimeSpan.FromMinutes(3));
        await _app.Queues.TakeDeliveriesAsync();
        await _app.ExecuteAsync("ALTER TABLE event_keys RENAME TO event_keys_away");
        _app.Orchestrations.Set(OldInstance(), OrchestrationRuntimeStatus.Completed, DateTimeOffset.UtcNow.AddDays(-8));

        await Assert.ThrowsAsync<AggregateException>(() => RunAsync());

        Assert.Equal([stranded], AppQueues.Ids(await _app.Queues.TakeDeliveriesAsync()));
        Assert.Empty(_app.Orchestrations.InstanceIds);
        Assert.Single(_app.Logs.Lines, line => line.Level == LogLevel.Error && line.Text.StartsWith(
            "webhook maintenance failed at partitions", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Publishing_goes_on_without_the_queue_and_the_sweep_starts_what_was_accepted_meanwhile()
    {
        await using var app = await FunctionsApp.StartAsync(adjust: services => services.AddKeyedSingleton(
            QueueNames.Deliveries,
            new QueueClient(
                new Uri("http://127.0.0.1:9/devstoreaccount1/webhook-deliveries"),
                new QueueClientOptions { Retry = { MaxRetries = 0 } })));
        await app.AddWebhookAsync(_organization);

        var delivery = Assert.Single(await app.PublishAsync(_organization));

        Assert.Single(app.Logs.Lines, line => line.Level == LogLevel.Error && line.Text.StartsWith(
            "webhook queue is unavailable; 1 accepted deliveries", StringComparison.Ordinal));
        await app.ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = now() - interval '1 hour'");
        Assert.Equal(
            [delivery], await app.Services.GetRequiredService<PendingDeliveries>().StrandedAsync(TimeSpan.FromMinutes(2), 10, Cancel));
    }

    [Fact]
    public async Task Orchestrations_that_finished_before_the_retention_are_purged_and_no_others()
    {
        var now = new DateTimeOffset(2026, 8, 20, 12, 0, 0, TimeSpan.Zero);
        var clock = new FakeTimeProvider(now);
        await using var app = await FunctionsApp.StartAsync(adjust: services => services.AddSingleton<TimeProvider>(clock));
        var created = new[] { 7.01, 8, 10.5, 13.9 }.Select(days => now.AddDays(-days)).ToList();
        foreach (var time in created)
        {
            app.Orchestrations.Set(Guid.CreateVersion7(time).ToString(), OrchestrationRuntimeStatus.Completed, time);
        }

        var young = Guid.CreateVersion7(now.AddDays(-6.99)).ToString();
        var running = Guid.CreateVersion7(created[0]).ToString();
        app.Orchestrations.Set(young, OrchestrationRuntimeStatus.Completed, now.AddDays(-6.99));
        app.Orchestrations.Set(running, OrchestrationRuntimeStatus.Running, created[0]);

        await app.Services.GetRequiredService<FinishedOrchestrations>().PurgeAsync(app.Orchestrations, Cancel);

        Assert.Equal(new[] { young, running }.Order(), app.Orchestrations.InstanceIds.Order());
        // Every prefix of the week behind the retention, wider ones of the 90 days before that, and no more of the task hub.
        Assert.Equal(app.Orchestrations.Prefixes.Count, app.Orchestrations.Prefixes.Distinct().Count());
        Assert.InRange(app.Orchestrations.Prefixes.Count(prefix => prefix!.Length == 6), 36, 38);
        Assert.InRange(app.Orchestrations.Prefixes.Count(prefix => prefix!.Length == 5), 29, 31);
        Assert.All(app.Orchestrations.Prefixes, prefix => Assert.InRange(prefix!.Length, 5, 6));
    }

    [Theory]
    [InlineData(14.5, 7.01, true)]
    [InlineData(40, 8, true)]
    [InlineData(90, 7.01, true)]
    [InlineData(40, 6.9, false)]
    [InlineData(8, 0.1, false)]
    public async Task An_orchestration_that_slept_for_weeks_is_purged_a_retention_after_its_end(
        double createdDaysAgo, double endedDaysAgo, bool purged)
    {
        var now = new DateTimeOffset(2026, 8, 20, 12, 0, 0, TimeSpan.Zero);
        var clock = new FakeTimeProvider(now);
        await using var app = await FunctionsApp.StartAsync(adjust: services => services.AddSingleton<TimeProvider>(clock));
        var created = now.AddDays(-createdDaysAgo);
        var slept = Guid.CreateVersion7(created).ToString();
        app.Orchestrations.Set(slept, OrchestrationRuntimeStatus.Completed, created, now.AddDays(-endedDaysAgo));

        await app.Services.GetRequiredService<FinishedOrchestrations>().PurgeAsync(app.Orchestrations, Cancel);

        Assert.Equal(purged ? [] : [slept], app.Orchestrations.InstanceIds);
    }

    private static string OldInstance() => Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-8)).ToString();

    private Task RunAsync(DateTime? last = null) => _app.RunMaintenanceAsync(last);

    private async Task<Guid> PublishAsync(TimeSpan overdue)
    {
        var organization = Guid.NewGuid();
        await _app.AddWebhookAsync(organization);
        var delivery = Assert.Single(await _app.PublishAsync(organization));
        await _app.ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = now() - $2 WHERE id = $1", delivery, overdue);
        return delivery;
    }

    private Task<int> FinishAsync(Guid delivery) =>
        _app.ExecuteAsync("UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL WHERE id = $1", delivery);

    private Task<IReadOnlyList<string>> PartitionsAsync() => _app.QueryAsync<string>(
        "SELECT inhrelid::regclass::text FROM pg_inherits "
        + "WHERE inhparent = 'webhook_deliveries'::regclass AND inhrelid::regclass::text ~ '\\d$' ORDER BY 1");
}
