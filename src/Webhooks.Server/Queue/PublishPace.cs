using Webhooks.Core.Events;
using Webhooks.Core.Organizations;

namespace Webhooks.Server.Queue;

/// <summary>
/// Where messages wait whose organizations publish more than their limits allow: a few of each organization in hand, one after the other;
/// the others are given back to the queue for a while.
/// </summary>
internal sealed class PublishPace(PublishLimits limits, TimeProvider clock)
{
    /// <summary>Messages of one organization that wait in hand.</summary>
    internal const int MostOfOne = 32;

    /// <summary>Messages of all organizations that wait in hand.</summary>
    internal const int Most = 512;

    /// <summary>A limit that is changed holds for who waits after this at the latest.</summary>
    private static readonly TimeSpan _longestWait = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan _shortestWait = TimeSpan.FromMilliseconds(5);

    private readonly Dictionary<Guid, (SemaphoreSlim Turn, int Waiting)> _organizations = [];
    private int _waiting;

    /// <summary>Waits until an event may be published.</summary>
    /// <returns>Null then; for how long to give its message back when too many wait already.</returns>
    public async Task<TimeSpan?> WaitAsync(EventMessage message, CancellationToken cancellationToken)
    {
        if (Enter(message.OrgId) is not { } turn)
        {
            return TimeToGiveBack(message.OrgId);
        }

        try
        {
            await turn.WaitAsync(cancellationToken);
            try
            {
                while (await limits.TakeAsync([message], cancellationToken) is { Granted: false, Wait: var wait })
                {
                    var within = wait > _longestWait ? _longestWait : wait < _shortestWait ? _shortestWait : wait;
                    await Task.Delay(within, clock, cancellationToken);
                }

                return null;
            }
            finally
            {
                turn.Release();
            }
        }
        finally
        {
            Leave(message.OrgId);
        }
    }

    /// <returns>Whose turn it is; null when there is no room to wait.</returns>
    private SemaphoreSlim? Enter(Guid orgId)
    {
        lock (_organizations)
        {
            var (turn, waiting) = _organizations.TryGetValue(orgId, out var known) ? known : (new SemaphoreSlim(1), 0);
            if (waiting >= MostOfOne || _waiting >= Most)
            {
                return null;
            }

            _organizations[orgId] = (turn, waiting + 1);
            _waiting++;
            return turn;
        }
    }

    private void Leave(Guid orgId)
    {
        lock (_organizations)
        {
            var (turn, waiting) = _organizations[orgId];
            _waiting--;
            if (waiting == 1)
            {
                _organizations.Remove(orgId);
                turn.Dispose();
            }
            else
            {
                _organizations[orgId] = (turn, waiting - 1);
            }
        }
    }

    /// <summary>
    /// As long as those that wait will take, within bounds; not the same for all, so that they do not come back together.
    /// </summary>
    private TimeSpan TimeToGiveBack(Guid orgId)
    {
        var seconds = limits.Find(orgId) is { } rate ? MostOfOne / rate.PerSecond : 0;
        return TimeSpan.FromSeconds(Math.Ceiling(Math.Clamp(seconds, 1, 60) * (1 + Random.Shared.NextDouble())));
    }
}
