using System.Text.Json;
using Google.Protobuf;
using Microsoft.DurableTask.Protobuf;
using Microsoft.DurableTask.Worker.Grpc;
using Webhooks.Functions.Deliveries;
using Webhooks.Functions.Tests.Hosting;

namespace Webhooks.Functions.Tests.Deliveries;

/// <summary>The orchestrator over hours: every step runs it again from its start, against the history of the steps before.</summary>
public sealed class DeliverWebhookTests
{
    private static readonly DateTimeOffset _start = new(2026, 8, 3, 9, 0, 0, TimeSpan.Zero);
    private static readonly Guid _delivery = Guid.Parse("0198f2a4-0000-7000-8000-000000000001");

    [Fact]
    public async Task A_delivery_that_succeeds_at_once_takes_one_attempt_and_no_timer()
    {
        var replay = Scripted(new AttemptResult("succeeded", 1, 200, null));

        Assert.Equal("\"succeeded\"", (await replay.RunAsync()).Result);

        Assert.Single(replay.Attempts);
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

        Assert.Equal("\"failed\"", (await replay.RunAsync()).Result);

        Assert.Equal(times, replay.Timers);
        Assert.Equal([_start.UtcDateTime, .. times], replay.Attempts);
        // From its start again after each of six attempts and five timers.
        Assert.Equal(12, replay.Runs);
    }

    [Fact]
    public async Task A_wait_of_a_week_is_slept_in_timers_of_three_days_at_most_and_ends_at_its_time()
    {
        var week = _start.UtcDateTime.AddDays(7);
        var replay = Scripted(new AttemptResult("pending", 1, 500, week), new AttemptResult("succeeded", 2, 200, null));

        Assert.Equal("\"succeeded\"", (await replay.RunAsync()).Result);

        Assert.Equal([_start.UtcDateTime.AddDays(3), _start.UtcDateTime.AddDays(6), week], replay.Timers);
        Assert.Equal([_start.UtcDateTime, week], replay.Attempts);
    }

    [Fact]
    public async Task Twenty_waits_of_days_are_slept_one_after_the_other()
    {
        DateTime[] times = [.. Enumerable.Range(1, 20).Select(number => _start.UtcDateTime.AddDays(4 * number))];
        var replay = Scripted(
        [
            .. times.Select((time, index) => new AttemptResult("pending", index + 1, 500, time)),
            new AttemptResult("failed", 21, 500, null),
        ]);

        Assert.Equal("\"failed\"", (await replay.RunAsync()).Result);

        Assert.Equal([_start.UtcDateTime, .. times], replay.Attempts);
        Assert.Equal(40, replay.Timers.Count);
    }

    [Fact]
    public async Task The_custom_status_shows_attempt_last_status_and_the_next_attempts_time()
    {
        var replay = Scripted(
            new AttemptResult("pending", 1, 503, _start.UtcDateTime.AddMinutes(1)),
            new AttemptResult("pending", 2, null, _start.UtcDateTime.AddMinutes(6)),
            new AttemptResult("succeeded", 3, 204, null));

        await replay.RunAsync();

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

        Assert.Equal("\"canceled\"", (await replay.RunAsync()).Result);
        Assert.Single(replay.Timers);
    }

    [Fact]
    public async Task A_delivery_that_somebody_else_is_attempting_is_looked_at_again_when_their_lease_ends()
    {
        var leaseEnd = _start.UtcDateTime.AddSeconds(90);
        var replay = Scripted(new AttemptResult("pending", 0, null, leaseEnd), new AttemptResult("succeeded", 1, 200, null));

        Assert.Equal("\"succeeded\"", (await replay.RunAsync()).Result);
        Assert.Equal([leaseEnd], replay.Timers);
    }

    [Fact]
    public async Task A_failure_around_an_attempt_is_tried_six_times_within_three_minutes_and_then_fails_the_orchestration()
    {
        var replay = new Replay(_delivery, _start, _ => throw new InvalidOperationException("The database is away."));

        var end = await replay.RunAsync();

        Assert.Equal(OrchestrationStatus.Failed, end.OrchestrationStatus);
        Assert.Contains(nameof(AttemptDelivery), end.FailureDetails.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("The database is away.", end.FailureDetails.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal([0, 5, 15, 35, 75, 155], replay.Attempts.Select(time => (time - _start.UtcDateTime).TotalSeconds));
    }

    [Fact]
    public void An_instance_that_fell_asleep_before_a_deployment_goes_on_after_it()
    {
        // As the first version has stored it. An orchestrator that fails here is a new one, with a new name.
        const string Stored = """
            {
              "instanceId": "0198f2a4-0000-7000-8000-000000000001",
              "pastEvents": [
                { "eventId": -1, "timestamp": "2026-08-03T09:00:00Z", "orchestratorStarted": {} },
                { "eventId": -1, "timestamp": "2026-08-03T09:00:00Z", "executionStarted": {
                    "name": "DeliverWebhook", "input": "{\"delivery_id\":\"0198f2a4-0000-7000-8000-000000000001\"}",
                    "orchestrationInstance": { "instanceId": "0198f2a4-0000-7000-8000-000000000001", "executionId": "1" } } },
                { "eventId": 0, "timestamp": "2026-08-03T09:00:00Z", "taskScheduled": {
                    "name": "AttemptDelivery", "input": "[{\"delivery_id\":\"0198f2a4-0000-7000-8000-000000000001\"}]" } },
                { "eventId": -1, "timestamp": "2026-08-03T09:00:00Z", "orchestratorCompleted": {} },
                { "eventId": -1, "timestamp": "2026-08-03T09:00:01Z", "orchestratorStarted": {} },
                { "eventId": -1, "timestamp": "2026-08-03T09:00:01Z", "taskCompleted": { "taskScheduledId": 0, "result":
                    "{\"status\":\"pending\",\"attempt\":1,\"last_status\":500,\"next_attempt_at\":\"2026-08-03T09:01:00Z\"}" } },
                { "eventId": 1, "timestamp": "2026-08-03T09:00:01Z", "timerCreated": { "fireAt": "2026-08-03T09:01:00Z" } },
                { "eventId": -1, "timestamp": "2026-08-03T09:00:01Z", "orchestratorCompleted": {} }
              ],
              "newEvents": [
                { "eventId": -1, "timestamp": "2026-08-03T09:01:00Z", "orchestratorStarted": {} },
                { "eventId": -1, "timestamp": "2026-08-03T09:01:00Z", "timerFired": { "timerId": 1, "fireAt": "2026-08-03T09:01:00Z" } }
              ]
            }
            """;

        var answer = GrpcOrchestrationRunner.LoadAndRun<DeliveryInput, string>(
            Convert.ToBase64String(OrchestratorRequest.Parser.ParseJson(Stored).ToByteArray()),
            async (context, input) => await DeliverWebhook.RunAsync(context, input!));

        var response = OrchestratorResponse.Parser.ParseFrom(Convert.FromBase64String(answer));
        Assert.Equal("""{"attempt":1,"last_status":500,"next_attempt_at":"2026-08-03T09:01:00Z"}""", response.CustomStatus);
        var asked = Assert.Single(response.Actions);
        Assert.Equal("AttemptDelivery", asked.ScheduleTask?.Name);
        Assert.Equal("""[{"delivery_id":"0198f2a4-0000-7000-8000-000000000001"}]""", asked.ScheduleTask?.Input);
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
        return new Replay(_delivery, _start, input =>
        {
            Assert.Equal(_delivery, input.DeliveryId);
            return Task.FromResult(script.Dequeue());
        });
    }
}
