using System.Diagnostics;

namespace Webhooks.Core.Events;

/// <summary>
/// Publishings that are stored in parts: a few at once, whose parts are stored in turn, and of each organization one after the other.
/// </summary>
internal sealed class PublishingsInParts(PartwiseInsertion insertion, ExpectedDeliveries expected, Lock gate)
{
    /// <summary>Each of them may hold a connection, for as long as its parts take.</summary>
    private const int AtOnce = 8;

    private readonly WaitingPublishings _waiting = new();
    private readonly HashSet<Guid> _busy = [];

    /// <summary>Adds one behind the others of its organization. Needs the lock.</summary>
    public void Add(Publishing publishing)
    {
        publishing.MarkSetAside();
        _waiting.Add(publishing);
        Start();
    }

    /// <summary>Begins with the next one, if it is time. Needs the lock.</summary>
    private void Start()
    {
        if (_busy.Count < AtOnce && _waiting.Take(publishing => !_busy.Contains(publishing.OrgId)) is { } next)
        {
            _busy.Add(next.OrgId);
            ThreadPool.UnsafeQueueUserWorkItem(begun => _ = StoreAsync(begun), next, preferLocal: false);
        }
    }

    private async Task StoreAsync(Publishing publishing)
    {
        Activity.Current = publishing.Activity;
        try
        {
            var group = PublishingGroup.Of([publishing])[0];
            group.Succeed(await insertion.StoreAsync(group.Events, expected, publishing.Together, publishing.CancellationToken));
        }
        catch (RefusedEventException refused)
        {
            publishing.Fail(refused.ToFailure(publishing.Events));
        }
        catch (Exception failure)
        {
            publishing.Fail(failure);
        }

        lock (gate)
        {
            _busy.Remove(publishing.OrgId);
            Start();
        }
    }
}
