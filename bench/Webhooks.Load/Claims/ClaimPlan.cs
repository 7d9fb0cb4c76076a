namespace Webhooks.Load.Claims;

/// <summary>The claim to make.</summary>
/// <param name="Limit">How many deliveries; there must be as many.</param>
internal sealed record ClaimPlan(int Limit);
