namespace Webhooks.Core.Recoveries;

/// <summary>A recovery to begin.</summary>
/// <param name="Scope">What to redeliver.</param>
/// <param name="Rate">The most redeliveries a second; null for a quarter of what the receiver takes.</param>
public sealed record NewRecovery(RecoveryScope Scope, int? Rate);
