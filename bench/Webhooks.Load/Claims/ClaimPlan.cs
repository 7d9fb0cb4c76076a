namespace Webhooks.Load.Claims;

/// <summary>What to claim.</summary>
/// <param name="Limit">How many deliveries; there must be as many.</param>
internal sealed record ClaimPlan(int Limit);
