namespace Webhooks.Api.Deliveries;

/// <summary>
/// The way to a delivery's orchestration, so that it is shown with it: set on a request by a host that makes deliveries by orchestrations.
/// </summary>
public interface IDeliveryOrchestrationFeature
{
    /// <summary>The orchestration of a delivery; null when there is none (any more), or it cannot be asked now.</summary>
    Task<DeliveryOrchestration?> FindAsync(Guid delivery, CancellationToken cancellationToken);
}
