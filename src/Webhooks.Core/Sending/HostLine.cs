namespace Webhooks.Core.Sending;

/// <summary>
/// The attempts under way to one host, bounded and shared between organizations: whoever has the fewest goes first, and nobody can take all
/// places.
/// </summary>
/// <remarks>
/// An organization may have as many attempts under way as there are places left. So one alone gets to half of them, two get to a third
/// each, and a newcomer finds one free at once, whatever the others do (dynamic thresholds, by which switches share their buffers between
/// ports).
/// </remarks>
/// <param name="places">Attempts under way at once.</param>
internal sealed class HostLine(int places)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, int> _underWay = [];

    // Those of an organization in the order in which they came; an organization without any is not in it.
    private readonly Dictionary<Guid, LinkedList<Waiter>> _waiting = [];
    private int _taken;
    private long _came;

    /// <summary>Whether nobody is there.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return _taken == 0 && _waiting.Count == 0;
            }
        }
    }

    /// <summary>Takes a place for an attempt, at once or when others have left. Whoever got one leaves it in the end.</summary>
    /// <param name="orgId">The organization that the attempt is made for.</param>
    /// <param name="patience">The longest wait.</param>
    /// <returns>False when no place became free in time.</returns>
    /// <exception cref="OperationCanceledException">The token was canceled during the wait; no place was taken.</exception>
    public ValueTask<bool> EnterAsync(Guid orgId, TimeSpan patience, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_lock)
        {
            if (MayEnterLocked(orgId))
            {
                EnterLocked(orgId);
                return new ValueTask<bool>(true);
            }

            waiter = WaitLocked(orgId);
        }

        return WaitAsync(waiter, patience, cancellationToken);
    }

    /// <summary>Gives a place back, to whoever is next.</summary>
    public void Leave(Guid orgId)
    {
        lock (_lock)
        {
            _taken--;
            if (--_underWay[orgId] == 0)
            {
                _underWay.Remove(orgId);
            }

            while (NextLocked() is { } next)
            {
                TryRemoveLocked(next);
                EnterLocked(next.OrgId);
                next.Entered.SetResult();
            }
        }
    }

    private async ValueTask<bool> WaitAsync(Waiter waiter, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await waiter.Entered.Task.WaitAsync(patience, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return !GiveUp(waiter);
        }
        catch (OperationCanceledException)
        {
            if (!GiveUp(waiter))
            {
                Leave(waiter.OrgId);
            }

            throw;
        }
    }

    /// <returns>False when the waiter has got a place meanwhile.</returns>
    private bool GiveUp(Waiter waiter)
    {
        lock (_lock)
        {
            return TryRemoveLocked(waiter);
        }
    }

    private bool MayEnterLocked(Guid orgId) => _underWay.GetValueOrDefault(orgId) < places - _taken;

    private void EnterLocked(Guid orgId)
    {
        _taken++;
        _underWay[orgId] = _underWay.GetValueOrDefault(orgId) + 1;
    }

    private Waiter WaitLocked(Guid orgId)
    {
        var waiter = new Waiter(orgId, _came++);
        if (!_waiting.TryGetValue(orgId, out var waiters))
        {
            _waiting.Add(orgId, waiters = []);
        }

        waiters.AddLast(waiter.Place);
        return waiter;
    }

    /// <returns>False when the waiter does not wait any more.</returns>
    private bool TryRemoveLocked(Waiter waiter)
    {
        if (waiter.Place.List is not { } waiters)
        {
            return false;
        }

        waiters.Remove(waiter.Place);
        if (waiters.Count == 0)
        {
            _waiting.Remove(waiter.OrgId);
        }

        return true;
    }

    /// <summary>Of those who may enter, whose organization has the fewest under way; among these, who came first.</summary>
    private Waiter? NextLocked()
    {
        Waiter? next = null;
        var fewest = places - _taken;
        foreach (var (orgId, waiters) in _waiting)
        {
            var first = waiters.First!.Value;
            var underWay = _underWay.GetValueOrDefault(orgId);
            if (underWay < fewest || (next is not null && underWay == fewest && first.Number < next.Number))
            {
                fewest = underWay;
                next = first;
            }
        }

        return next;
    }

    private sealed class Waiter
    {
        public Waiter(Guid orgId, long number)
        {
            OrgId = orgId;
            Number = number;
            Place = new LinkedListNode<Waiter>(this);
        }

        public Guid OrgId { get; }

        /// <summary>Less than those of all who came later.</summary>
        public long Number { get; }

        public LinkedListNode<Waiter> Place { get; }

        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
