namespace Webhooks.Functions.Tests.Hosting;

/// <summary>Something that an orchestrator awaited: a timer, or an activity with its result.</summary>
/// <param name="Activity">The activity's name; null for a timer.</param>
/// <param name="Input">The activity's input, as JSON.</param>
/// <param name="MaxCalls">How often the activity's retry policy lets it be called.</param>
/// <param name="FireAt">When the timer fires, UTC; null for an activity.</param>
public sealed record ReplayedStep(string? Activity, string? Input, int MaxCalls, DateTime? FireAt)
{
    /// <summary>The activity's result, as JSON.</summary>
    public string? Result { get; init; }

    /// <summary>The message that the activity failed with for good.</summary>
    public string? Failure { get; init; }

    /// <summary>What the orchestrator asked for, without the answer.</summary>
    public ReplayedStep Question => this with { Result = null, Failure = null };
}
