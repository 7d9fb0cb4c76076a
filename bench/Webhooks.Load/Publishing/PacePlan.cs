namespace Webhooks.Load.Publishing;

/// <summary>The events to publish at a steady rate, one by one.</summary>
/// <param name="Organizations">Whose events, in turn.</param>
/// <param name="PerSecond">Events a second.</param>
/// <param name="Seconds">For how long.</param>
internal sealed record PacePlan(Guid[] Organizations, int PerSecond, int Seconds);
