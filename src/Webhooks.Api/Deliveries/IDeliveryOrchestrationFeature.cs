namespace Webhooks.Api.Deliveries;

/// <summary>
/// Set on a request by a host that makes deliveries by orchestrations, so that a delivery is shown with its orchestration.
/// </summary>
public interface IDeliveryOrchestrationFeature
{
    /// <summary>The orchestration of a delivery; null when there is none (any more), or it cannot be asked now.</summary>
    Task<DeliveryOrchestration?> FindAsync(Guid delivery, CancellationToken cancellationToken);
}
