using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Microsoft.DurableTask.Protobuf;
using Microsoft.DurableTask.Worker.Grpc;
using Webhooks.Functions.Deliveries;

namespace Webhooks.Functions.Tests.Hosting;

/// <summary>
/// One instance of <see cref="DeliverWebhook"/> with a clock that jumps from timer to timer. The worker's own engine runs it from its start
/// again whenever something that it awaits has come, and holds what it asks against the history. What the host does, keeping
/// the history and completing what was asked, is done here.
/// </summary>
internal sealed class Replay
{
    private readonly Guid _delivery;
    private readonly Func<DeliveryInput, Task<AttemptResult>> _attempt;
    private List<HistoryEvent> _past = [];
    private List<HistoryEvent> _news;

    /// <param name="delivery">The delivery.</param>
    /// <param name="start">When it is started, UTC.</param>
    /// <param name="attempt">The activity.</param>
    public Replay(Guid delivery, DateTimeOffset start, Func<DeliveryInput, Task<AttemptResult>> attempt)
    {
        _delivery = delivery;
        _attempt = attempt;
        Now = start.UtcDateTime;
        var started = Event(new HistoryEvent
        {
            ExecutionStarted = new ExecutionStartedEvent
            {
                Name = "DeliverWebhook",
                Input = $$"""{"delivery_id":"{{delivery}}"}""",
                OrchestrationInstance = new OrchestrationInstance { InstanceId = delivery.ToString(), ExecutionId = "1" },
            },
        });
        _news = [StepStarted(), started];
    }

    /// <summary>The orchestration's clock: when the last timer fired.</summary>
    public DateTime Now { get; private set; }

    /// <summary>When each call of the activity was made, also those that were repeated by its retry policy.</summary>
    public List<DateTime> Attempts { get; } = [];

    /// <summary>When the orchestrator asked to be woken up, in order.</summary>
    public IReadOnlyList<DateTime> Timers =>
        [.. _past.Where(step => step.TimerCreated is not null).Select(step => step.TimerCreated.FireAt.ToDateTime())];

    /// <summary>How often the orchestrator was run from its start.</summary>
    public int Runs { get; private set; }

    /// <summary>The custom status after the last step, as JSON.</summary>
    public string? CustomStatus { get; private set; }

    /// <summary>Each custom status that was new, as JSON.</summary>
    public List<string> CustomStatuses { get; } = [];

    /// <summary>Runs to the end.</summary>
    public async Task<CompleteOrchestrationAction> RunAsync()
    {
        while (true)
        {
            var asked = Assert.Single(RunStep());
            if (asked.CompleteOrchestration is { } end)
            {
                return end;
            }

            var stepEnded = Event(new HistoryEvent { OrchestratorCompleted = new OrchestratorCompletedEvent() });
            _past = [.. _past, .. _news, Stored(asked), stepEnded];
            var answer = await CompleteAsync(asked);
            _news = [StepStarted(), answer];
        }
    }

    /// <summary>Runs the orchestrator from its start once.</summary>
    /// <returns>What it asks for.</returns>
    private RepeatedField<OrchestratorAction> RunStep()
    {
        Runs++;
        var request = new OrchestratorRequest { InstanceId = _delivery.ToString(), PastEvents = { _past }, NewEvents = { _news } };
        var answer = GrpcOrchestrationRunner.LoadAndRun<DeliveryInput, string>(
            Convert.ToBase64String(request.ToByteArray()), async (context, input) => await DeliverWebhook.RunAsync(context, input!));
        var response = OrchestratorResponse.Parser.ParseFrom(Convert.FromBase64String(answer));
        ShowStatus(response.CustomStatus);
        return response.Actions;
    }

    private void ShowStatus(string? status)
    {
        if (status is not null && status != CustomStatus)
        {
            CustomStatus = status;
            CustomStatuses.Add(status);
        }
    }

    /// <summary>What was asked, as the history keeps it.</summary>
    private HistoryEvent Stored(OrchestratorAction asked) => Event(
        asked.CreateTimer is { } timer
            ? new HistoryEvent { TimerCreated = new TimerCreatedEvent { FireAt = timer.FireAt } }
            : new HistoryEvent
            {
                TaskScheduled = new TaskScheduledEvent { Name = asked.ScheduleTask.Name, Input = asked.ScheduleTask.Input },
            },
        asked.Id);

    private async Task<HistoryEvent> CompleteAsync(OrchestratorAction asked)
    {
        if (asked.CreateTimer is { } timer)
        {
            Now = timer.FireAt.ToDateTime() is var time && time > Now ? time : Now;
            return Event(new HistoryEvent { TimerFired = new TimerFiredEvent { TimerId = asked.Id, FireAt = timer.FireAt } });
        }

        Assert.Equal("AttemptDelivery", asked.ScheduleTask.Name);
        Attempts.Add(Now);
        try
        {
            // The engine stores the activity's input as the only member of an array.
            var input = Assert.Single(JsonSerializer.Deserialize<DeliveryInput[]>(asked.ScheduleTask.Input)!);
            var result = JsonSerializer.Serialize(await _attempt(input));
            return Event(new HistoryEvent { TaskCompleted = new TaskCompletedEvent { TaskScheduledId = asked.Id, Result = result } });
        }
        catch (InvalidOperationException failure)
        {
            var details = new TaskFailureDetails { ErrorType = nameof(InvalidOperationException), ErrorMessage = failure.Message };
            return Event(new HistoryEvent { TaskFailed = new TaskFailedEvent { TaskScheduledId = asked.Id, FailureDetails = details } });
        }
    }

    private HistoryEvent StepStarted() => Event(new HistoryEvent { OrchestratorStarted = new OrchestratorStartedEvent() });

    /// <summary>Gives an event its time, and the number of what was asked if it is a question.</summary>
    private HistoryEvent Event(HistoryEvent happened, int id = -1)
    {
        happened.EventId = id;
        happened.Timestamp = Timestamp.FromDateTime(Now);
        return happened;
    }
}
