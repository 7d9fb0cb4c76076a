using System.Text.Json;
using Microsoft.DurableTask;
using Webhooks.Functions.Deliveries;
using Webhooks.Functions.Tests.Hosting;

namespace Webhooks.Functions.Tests.Deliveries;

public sealed class DeliverWebhookTests
{
    private static readonly DateTimeOffset _start = new(2026, 8, 3, 9, 0, 0, TimeSpan.Zero);
    private static readonly Guid _delivery = Guid.Parse("0198f2a4-0000-7000-8000-000000000001");

    [Fact]
    public async Task A_delivery_that_succeeds_at_once_takes_one_attempt_and_no_timer()
    {
        var replay = Scripted(new AttemptResult("succeeded", 1, 200, null));

        Assert.Equal("succeeded", await replay.RunAsync(_delivery));

        Assert.Equal(1, replay.Attempts);
        Assert.Empty(replay.Timers);
        Assert.Equal("""{"attempt":1,"last_status":200,"next_attempt_at":null}""", replay.CustomStatus);
    }

    [Fact]
    public async Task Six_failed_attempts_are_made_at_the_times_that_each_attempt_gives()
    {
        DateTime[] times = [.. new[] { 1, 6, 21, 81, 201 }.Select(minutes => _start.UtcDateTime.AddMinutes(minutes))];
        var replay = Scripted(
        [
            .. times.Select((time, index) => new AttemptResult("pending", index + 1, 500, time)),
            new AttemptResult("failed", 6, 500, null),
        ]);

        Assert.Equal("failed", await replay.RunAsync(_delivery));

        Assert.Equal(6, replay.Attempts);
        Assert.Equal(times, replay.Timers);
        Assert.Equal(times[^1], replay.Now);
        // From its start again after each of six attempts and five timers.
        Assert.Equal(12, replay.Runs);
    }

    [Fact]
    public async Task The_custom_status_shows_attempt_last_status_and_the_next_attempts_time()
    {
        var replay = Scripted(
            new AttemptResult("pending", 1, 503, _start.UtcDateTime.AddMinutes(1)),
            new AttemptResult("pending", 2, null, _start.UtcDateTime.AddMinutes(6)),
            new AttemptResult("succeeded", 3, 204, null));

        await replay.RunAsync(_delivery);

        Assert.Equal(
            [
                """{"attempt":1,"last_status":503,"next_attempt_at":"2026-08-03T09:01:00Z"}""",
                """{"attempt":2,"last_status":null,"next_attempt_at":"2026-08-03T09:06:00Z"}""",
                """{"attempt":3,"last_status":204,"next_attempt_at":null}""",
            ],
            replay.CustomStatuses);
    }

    [Fact]
    public async Task A_delivery_that_is_canceled_while_it_sleeps_ends_at_its_next_attempt()
    {
        var replay = Scripted(
            new AttemptResult("pending", 1, 500, _start.UtcDateTime.AddMinutes(1)),
            new AttemptResult("canceled", 1, 500, null));

        Assert.Equal("canceled", await replay.RunAsync(_delivery));
        Assert.Single(replay.Timers);
    }

    [Fact]
    public async Task A_delivery_that_somebody_else_is_attempting_is_looked_at_again_when_their_lease_ends()
    {
        var leaseEnd = _start.UtcDateTime.AddSeconds(90);
        var replay = Scripted(new AttemptResult("pending", 0, null, leaseEnd), new AttemptResult("succeeded", 1, 200, null));

        Assert.Equal("succeeded", await replay.RunAsync(_delivery));
        Assert.Equal([leaseEnd], replay.Timers);
    }

    [Fact]
    public async Task A_failure_around_an_attempt_is_retried_and_then_fails_the_orchestration()
    {
        var calls = 0;
        var recovers = new Replay(_start, _ => ++calls < 3
            ? throw new InvalidOperationException("The database is away.")
            : Task.FromResult(new AttemptResult("succeeded", 1, 200, null)));
        var stays = new Replay(_start, _ => throw new InvalidOperationException("The database is away."));

        Assert.Equal("succeeded", await recovers.RunAsync(_delivery));
        Assert.Equal(3, recovers.Attempts);

        var failure = await Assert.ThrowsAsync<TaskFailedException>(() => stays.RunAsync(_delivery));
        Assert.Equal(nameof(AttemptDelivery), failure.TaskName);
        Assert.Equal(6, stays.Attempts);
    }

    [Fact]
    public void What_is_stored_in_a_task_hub_keeps_its_names()
    {
        Assert.Equal(
            """{"delivery_id":"0198f2a4-0000-7000-8000-000000000001"}""",
            JsonSerializer.Serialize(new DeliveryInput(_delivery)));
        Assert.Equal(
            """{"status":"pending","attempt":2,"last_status":500,"next_attempt_at":"2026-08-03T09:00:00Z"}""",
            JsonSerializer.Serialize(new AttemptResult("pending", 2, 500, _start.UtcDateTime)));
    }

    private static Replay Scripted(params IEnumerable<AttemptResult> results)
    {
        var script = new Queue<AttemptResult>(results);
        return new Replay(_start, input =>
        {
            Assert.Equal(_delivery, input.DeliveryId);
            return Task.FromResult(script.Dequeue());
        });
    }
}
