using Webhooks.Core.Deliveries;
using Webhooks.Load.Protocol;

namespace Webhooks.Load.Claims;

/// <summary>A claim of due work, made as the engine makes it, and timed.</summary>
internal static class TimedClaim
{
    private static readonly TimeSpan _lease = TimeSpan.FromHours(1);

    /// <exception cref="InvalidOperationException">Less was due.</exception>
    public static async Task<TimeSpent> RunAsync(DeliveryStore deliveries, ClaimPlan plan)
    {
        var startedAt = Clock.Now;
        var claims = await deliveries.ClaimDueAsync(plan.Limit, _lease, CancellationToken.None);
        var spent = new TimeSpent(startedAt, Clock.Now);
        return claims.Count == plan.Limit ? spent : throw new InvalidOperationException($"Only {claims.Count} deliveries were due.");
    }
}
