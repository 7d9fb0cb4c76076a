using System.Diagnostics;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Events;

/// <summary>
/// The storing of many publishers' events with few statements, and so with few commits: while a statement runs, what arrives gathers, and
/// goes together with the next. Who comes alone does not wait, organizations take turns, and nobody notices whom he shared a statement
/// with.
/// </summary>
/// <remarks>
/// A statement for a few deliveries costs nearly as much as one for many. So while one runs, another begins beside it only for a crowd, or
/// when the one that runs has a single event: two publishers that happen to coincide do not wait for each other.
/// </remarks>
/// <param name="lanes">Take what cannot be stored here.</param>
/// <param name="insertion">The statement.</param>
/// <param name="expected">What publishings will cost.</param>
/// <param name="gate">The lock of all lanes.</param>
/// <param name="statementsAtOnce">The most statements that run at once.</param>
internal sealed class GroupCommit(
    PublishingLanes lanes, EventInsertion insertion, ExpectedDeliveries expected, Lock gate, int statementsAtOnce)
{
    /// <summary>How often a statement that one of its events ended is tried again for all the others together.</summary>
    private const int MostRefusals = 2;

    private readonly WaitingPublishings _waiting = new();
    private int _statements;
    private int _storedEvents;

    /// <summary>Adds one to those that wait. Needs the lock.</summary>
    public void Add(Publishing publishing) => _waiting.Add(publishing);

    /// <summary>Begins with another statement, if it is time. Needs the lock.</summary>
    public void Start()
    {
        if (_waiting.Cost > 0 && IsTimeForAnother())
        {
            _statements++;

            // Not as a part of this publisher's request: it goes on with those of others.
            ThreadPool.UnsafeQueueUserWorkItem(static group => _ = group.StoreWaitingAsync(), this, preferLocal: false);
        }
    }

    private bool IsTimeForAnother() =>
        _statements == 0 || (_statements < statementsAtOnce && (_storedEvents == 1 || _waiting.Cost >= StatementCost.Crowd));

    /// <summary>Stores those that wait, statement after statement, until nobody does.</summary>
    private async Task StoreWaitingAsync()
    {
        for (var events = 0; TakeWaiting(events) is { Count: > 0 } publishings;)
        {
            events = publishings.Sum(publishing => publishing.Events.Count);
            await StoreAsync(publishings);
        }
    }

    /// <summary>As many of those that wait as a statement may have; none when nobody waits, and then this run has to end.</summary>
    /// <param name="stored">The number of events in this run's statement before.</param>
    private List<Publishing> TakeWaiting(int stored)
    {
        var taken = new List<Publishing>();
        var (events, cost) = (0, 0L);
        lock (gate)
        {
            while (_waiting.Take(next => taken.Count == 0 || cost + next.Cost <= StatementCost.Shared) is { } next)
            {
                taken.Add(next);
                events += next.Events.Count;
                cost += next.Cost;
            }

            _storedEvents += events - stored;
            if (taken.Count == 0)
            {
                _statements--;
            }
        }

        return taken;
    }

    private async Task StoreAsync(IReadOnlyList<Publishing> publishings)
    {
        foreach (var group in PublishingGroup.Of(publishings))
        {
            await StoreAsync(group);
        }
    }

    /// <summary>
    /// Stores publishings by one statement or, when the events of one make it fail, without that one, or each by its own; in halves when it
    /// takes too long.
    /// </summary>
    /// <param name="group">The publishings.</param>
    /// <param name="refusals">How often that was tried with more of them.</param>
    /// <returns>The failure when the database cannot be used; null when there is sense in storing others.</returns>
    private async Task<Exception?> StoreAsync(PublishingGroup group, int refusals = 0)
    {
        var publishings = group.Publishings;
        try
        {
            await InsertAsync(group);
            return null;
        }
        catch (RefusedEventException refused) when (refusals < MostRefusals || publishings.Count == 1)
        {
            var about = publishings.First(publishing => refused.IndexIn(publishing.Events) >= 0);
            Refuse(about, refused);
            return publishings.Count == 1 ? null : await StoreAsync(GroupOf(publishings.Where(other => other != about)), refusals + 1);
        }
        catch (StatementTimeoutException) when (publishings.Sum(publishing => publishing.Cost) > StatementCost.Least)
        {
            if (publishings.Count > 1)
            {
                return await StoreInTurnAsync(publishings.Chunk((publishings.Count + 1) / 2));
            }

            lanes.AddInParts(publishings[0]);
            return null;
        }
        catch (Exception failure) when (publishings.Count > 1 && !ConcernsAll(failure))
        {
            return await StoreInTurnAsync(publishings.Chunk(1));
        }
        catch (Exception failure)
        {
            Fail(publishings, failure);
            return DatabaseFailure.IsOutage(failure) ? failure : null;
        }
    }

    private async Task<Exception?> StoreInTurnAsync(IEnumerable<Publishing[]> shares)
    {
        Exception? outage = null;
        foreach (var share in shares)
        {
            if (outage is null)
            {
                outage = await StoreAsync(GroupOf(share));
            }
            else
            {
                Fail(share, outage);
            }
        }

        return outage;
    }

    private async Task InsertAsync(PublishingGroup group)
    {
        // A statement belongs to one trace at most.
        Activity.Current = group.Publishings.FirstOrDefault(publishing => publishing.Activity is { Recorded: true })?.Activity;
        using var abandoned = new AllCanceled([.. group.Publishings.Select(publishing => publishing.CancellationToken)]);
        var deliveries = group.Events.Sum(expected.Of);
        var inserted = await ConflictRetry.RunAsync(cancel => insertion.InsertAsync(group.Events, deliveries, cancel), abandoned.Token);
        expected.Learn(group.Events, inserted.Webhooks);
        if (inserted.Fits)
        {
            group.Succeed(inserted.Published);
        }
        else
        {
            // Now that it is known what each of them costs.
            lanes.Add(group.Publishings);
        }
    }

    private void Refuse(Publishing publishing, RefusedEventException refused)
    {
        if (refused.IsUnfinished)
        {
            lanes.AddInParts(publishing);
        }
        else
        {
            publishing.Fail(refused.ToFailure(publishing.Events));
        }
    }

    private static void Fail(IEnumerable<Publishing> publishings, Exception failure)
    {
        foreach (var publishing in publishings)
        {
            publishing.Fail(failure);
        }
    }

    /// <summary>A group of some of those that were in one.</summary>
    private static PublishingGroup GroupOf(IEnumerable<Publishing> publishings) => PublishingGroup.Of([.. publishings])[0];

    private static bool ConcernsAll(Exception failure) => failure is OperationCanceledException || DatabaseFailure.IsOutage(failure);
}
