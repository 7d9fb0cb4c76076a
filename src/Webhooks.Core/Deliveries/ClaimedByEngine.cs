namespace Webhooks.Core.Deliveries;

/// <summary>The dispatch of hosts with an engine that finds due deliveries by itself: there is nothing to do.</summary>
internal sealed class ClaimedByEngine : IDeliveryDispatch
{
    public Task DispatchAsync(IReadOnlyCollection<Guid> deliveries, CancellationToken cancellationToken) => Task.CompletedTask;
}
