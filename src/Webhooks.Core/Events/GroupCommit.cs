using System.Diagnostics;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Events;

/// <summary>
/// Stores the events of many publishers with few statements, and so with few commits: while a statement runs, what arrives gathers, and goes
/// together with the next. Who comes alone does not wait. Nobody notices whom he shared a statement with.
/// </summary>
/// <remarks>
/// A statement for a few deliveries costs nearly as much as one for many. So while one runs, another begins beside it only for a crowd, or when the
/// one that runs has a single event: two publishers that happen to coincide do not wait for each other.
/// </remarks>
internal sealed class GroupCommit(EventInsertion insertion) : IDisposable
{
    private const int StatementsAtOnce = 3;
    private const int MostDeliveriesPerStatement = 1000;
    private const int MostBytesPerStatement = 1024 * 1024;
    private const int DeliveriesOfACrowd = MostDeliveriesPerStatement / 4;
    private const int BytesOfACrowd = MostBytesPerStatement / 4;

    /// <summary>Publishings that may wait for a statement or be in one. Any more wait before that, one behind the other.</summary>
    private const int MostPublishings = 1024;

    private readonly SemaphoreSlim _room = new(MostPublishings);
    private readonly Lock _gate = new();
    private readonly LinkedList<Publishing> _waiting = [];
    private int _waitingEvents;
    private long _waitingBytes;
    private int _statements;
    private int _storedEvents;

    /// <summary>Stores all events or, when it throws, none.</summary>
    /// <param name="events">Their data may change again when this has returned.</param>
    /// <param name="cancellationToken">
    /// Ends the wait for a statement at once. A statement that has begun is ended when nobody whose events are in it waits any more.
    /// </param>
    /// <returns>One for each event, in order.</returns>
    public async Task<IReadOnlyList<PublishedEvent>> StoreAsync(IReadOnlyList<IdentifiedEvent> events, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        try
        {
            var publishing = new Publishing(events, cancellationToken);
            var place = Add(publishing);
            await using var leaving = cancellationToken.UnsafeRegister(_ => Leave(place), null);
            return await publishing.Answer;
        }
        finally
        {
            _room.Release();
        }
    }

    public void Dispose() => _room.Dispose();

    private LinkedListNode<Publishing> Add(Publishing publishing)
    {
        LinkedListNode<Publishing> place;
        lock (_gate)
        {
            place = _waiting.AddLast(publishing);
            _waitingEvents += publishing.Events.Count;
            _waitingBytes += publishing.Bytes;
            if (!IsTimeForAnother())
            {
                return place;
            }

            _statements++;
        }

        // Not as a part of this publisher's request: it goes on with those of others.
        ThreadPool.UnsafeQueueUserWorkItem(static groups => _ = groups.StoreWaitingAsync(), this, preferLocal: false);
        return place;
    }

    private bool IsTimeForAnother() =>
        _statements == 0
        || (_statements < StatementsAtOnce
            && (_storedEvents == 1 || IsCrowd(_waitingEvents, _waitingBytes)));

    private bool IsCrowd(int events, long bytes) => insertion.DeliveriesToExpect(events) >= DeliveriesOfACrowd || bytes >= BytesOfACrowd;

    private bool Fits(int events, int bytes) => insertion.DeliveriesToExpect(events) <= MostDeliveriesPerStatement && bytes <= MostBytesPerStatement;

    /// <summary>Takes a publishing out of those that wait. One that is in a statement stays there: the statement uses its data.</summary>
    private void Leave(LinkedListNode<Publishing> place)
    {
        lock (_gate)
        {
            if (place.List is null)
            {
                return;
            }

            Remove(place);
        }

        place.Value.Cancel();
    }

    private void Remove(LinkedListNode<Publishing> place)
    {
        _waiting.Remove(place);
        _waitingEvents -= place.Value.Events.Count;
        _waitingBytes -= place.Value.Bytes;
    }

    /// <summary>Stores those that wait, statement after statement, until nobody does.</summary>
    private async Task StoreWaitingAsync()
    {
        for (var events = 0; TakeWaiting(events) is { Count: > 0 } publishings;)
        {
            events = publishings.Sum(publishing => publishing.Events.Count);
            await StoreAsync(publishings);
        }
    }

    /// <summary>As many of those that wait for longest as a statement may have; none when nobody waits, and then this run has to end.</summary>
    /// <param name="stored">The number of events in this run's statement before.</param>
    private List<Publishing> TakeWaiting(int stored)
    {
        var taken = new List<Publishing>();
        var (events, bytes) = (0, 0);
        lock (_gate)
        {
            while (_waiting.First is { Value: var next } place
                && (taken.Count == 0 || Fits(events + next.Events.Count, bytes + next.Bytes)))
            {
                Remove(place);
                taken.Add(next);
                events += next.Events.Count;
                bytes += next.Bytes;
            }

            _storedEvents += events - stored;
            if (taken.Count == 0)
            {
                _statements--;
            }
        }

        return taken;
    }

    /// <summary>Stores publishings by one statement or, when the events of one make it fail, each by its own.</summary>
    private async Task StoreAsync(List<Publishing> publishings)
    {
        try
        {
            await InsertAsync(publishings);
        }
        catch (Exception failure) when (publishings.Count > 1 && !ConcernsAll(failure))
        {
            foreach (var publishing in publishings)
            {
                await StoreAsync([publishing]);
            }
        }
        catch (Exception failure)
        {
            publishings.ForEach(publishing => publishing.Fail(failure));
        }
    }

    private async Task InsertAsync(List<Publishing> publishings)
    {
        // A statement belongs to one trace at most.
        Activity.Current = publishings.Find(publishing => publishing.Activity is { Recorded: true })?.Activity;
        var group = new PublishingGroup(publishings);
        using var abandoned = new AllCanceled([.. publishings.Select(publishing => publishing.CancellationToken)]);
        group.Succeed(await ConflictRetry.RunAsync(cancel => insertion.InsertAsync(group.Events, cancel), abandoned.Token));
    }

    private static bool ConcernsAll(Exception failure) => failure is OperationCanceledException || DatabaseFailure.IsOutage(failure);
}
