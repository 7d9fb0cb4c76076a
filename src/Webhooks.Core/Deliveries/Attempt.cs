using Webhooks.Core.Sending;

namespace Webhooks.Core.Deliveries;

/// <summary>One signed POST of a delivery, and what came of it.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="Duration">From the start to the end of the answer's body, or to the end of its time, or to the failure.</param>
/// <param name="Outcome">The answer, or why there was none.</param>
public sealed record Attempt(int Number, DateTimeOffset StartedAt, TimeSpan Duration, SendOutcome Outcome);
