namespace Webhooks.Core.Deliveries;

/// <summary>
/// What happens to deliveries once they are committed. A host whose engine claims due rows has nothing to do; a host that starts each
/// delivery by its id puts the ids on a queue.
/// </summary>
public interface IDeliveryDispatch
{
    /// <summary>
    /// Makes the host begin the deliveries soon. It never throws for what a queue or network does: the deliveries are accepted, and what
    /// is not begun now is found by the host's sweep.
    /// </summary>
    /// <param name="deliveries">Ids of committed, pending deliveries.</param>
    /// <param name="cancellationToken">Gives up; the sweep then finds the deliveries.</param>
    Task DispatchAsync(IReadOnlyCollection<Guid> deliveries, CancellationToken cancellationToken);
}
