namespace Webhooks.Core.Recoveries;

/// <summary>Where a recovery stands after a step.</summary>
/// <param name="Recovery">The recovery.</param>
/// <param name="Made">The redeliveries that the step has made; they are due.</param>
/// <param name="NextIn">How long until the next step is due; null when none follows.</param>
public sealed record RecoveryStep(Recovery Recovery, IReadOnlyList<Guid> Made, TimeSpan? NextIn);
