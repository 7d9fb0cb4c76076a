using Webhooks.Core.Deliveries;

namespace Webhooks.Server.Engine;

/// <summary>The return of claims that a stopping engine does not attempt any more. When that fails, their leases end.</summary>
internal sealed partial class ClaimRelease(DeliveryStore deliveries, ILogger<ClaimRelease> logger)
{
    /// <summary>Gives them back; it never throws.</summary>
    public async Task ReleaseAsync(IReadOnlyCollection<ClaimedDelivery> claims, CancellationToken cancellationToken)
    {
        if (claims.Count == 0)
        {
            return;
        }

        try
        {
            await deliveries.ReleaseAsync(claims, cancellationToken);
            LogReleased(claims.Count);
        }
        catch (Exception failure)
        {
            LogNotReleased(claims.Count, failure);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "webhook deliveries given back: {Count}; they are due at once")]
    private partial void LogReleased(int count);

    [LoggerMessage(2, LogLevel.Warning, "webhook deliveries not given back: {Count}; they are due when their leases end")]
    private partial void LogNotReleased(int count, Exception failure);
}
