using System.Text.Json;
using Webhooks.Functions.Deliveries;

namespace Webhooks.Functions.Tests.Hosting;

/// <summary>
/// Runs <see cref="DeliverWebhook"/> as the task hub does: from its start again whenever something that it awaits has come, answering from the history
/// what it asked before. What it asks then must be what it asked the first time. Inputs and results go through JSON.
/// </summary>
public sealed class Replay
{
    private readonly List<ReplayedStep> _history = [];
    private readonly Func<DeliveryInput, Task<AttemptResult>> _attempt;

    /// <param name="start">When it is started, UTC.</param>
    /// <param name="attempt">The activity.</param>
    public Replay(DateTimeOffset start, Func<DeliveryInput, Task<AttemptResult>> attempt)
    {
        Now = start.UtcDateTime;
        _attempt = attempt;
    }

    /// <summary>The orchestration's clock: when the last timer fired.</summary>
    public DateTime Now { get; private set; }

    /// <summary>Calls of the activity, also those that were repeated by its retry policy.</summary>
    public int Attempts { get; private set; }

    /// <summary>When the orchestration was told to wake up, in order.</summary>
    public IReadOnlyList<DateTime> Timers => [.. _history.Where(step => step.FireAt is not null).Select(step => step.FireAt!.Value)];

    /// <summary>How often the orchestrator was run from its start.</summary>
    public int Runs { get; private set; }

    /// <summary>The custom status after the last step, as JSON.</summary>
    public string? CustomStatus { get; private set; }

    /// <summary>Each custom status that was new, as JSON.</summary>
    public List<string> CustomStatuses { get; } = [];

    /// <summary>Runs to the end.</summary>
    /// <returns>The output.</returns>
    public async Task<string> RunAsync(Guid delivery)
    {
        while (true)
        {
            var context = new ReplayingContext(_history, Now, delivery.ToString());
            Runs++;
            var run = DeliverWebhook.RunAsync(context, RoundTrip(new DeliveryInput(delivery)));
            ShowStatus(context);
            if (run.IsCompleted)
            {
                Assert.Equal(_history.Count, context.Asked);
                return await run;
            }

            var awaited = context.Awaited ?? throw new InvalidOperationException("The orchestrator awaits something that is not the context's.");
            _history.Add(await CompleteAsync(awaited));
        }
    }

    private async Task<ReplayedStep> CompleteAsync(ReplayedStep step)
    {
        if (step.FireAt is { } time)
        {
            Now = time > Now ? time : Now;
            return step;
        }

        var input = JsonSerializer.Deserialize<DeliveryInput>(step.Input!)!;
        for (var call = 1; ; call++)
        {
            Attempts++;
            try
            {
                return step with { Result = JsonSerializer.Serialize(await _attempt(input)) };
            }
            catch (InvalidOperationException failure) when (call >= step.MaxCalls)
            {
                return step with { Failure = failure.Message };
            }
            catch (InvalidOperationException)
            {
                // The retry policy allows another call.
            }
        }
    }

    private void ShowStatus(ReplayingContext context)
    {
        if (context.CustomStatus is { } status && status != CustomStatus)
        {
            CustomStatus = status;
            CustomStatuses.Add(status);
        }
    }

    private static T RoundTrip<T>(T value) => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(value))!;
}
