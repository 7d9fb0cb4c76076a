namespace Webhooks.Core.Events;

/// <summary>
/// The ways to the database, by how much a publishing is expected to cost it: small ones share statements that are always short; large ones
/// have fewer statements, of their own; what is too large for a statement is stored in parts. Nobody small ever waits for a large one.
/// </summary>
internal sealed class PublishingLanes : IDisposable
{
    private const int SmallStatements = 3;
    private const int LargeStatements = 2;

    private readonly Lock _gate = new();
    private readonly ExpectedDeliveries _expected;
    private readonly GroupCommit _small;
    private readonly GroupCommit _large;
    private readonly PublishingsInParts _parts;

    public PublishingLanes(EventInsertion insertion, PartwiseInsertion parts, TimeProvider clock)
    {
        _expected = new ExpectedDeliveries(clock);
        _small = new GroupCommit(this, insertion, _expected, _gate, SmallStatements);
        _large = new GroupCommit(this, insertion, _expected, _gate, LargeStatements);
        _parts = new PublishingsInParts(parts, _expected, _gate);
    }

    /// <summary>Puts publishings where they wait for as short as they can. Those that come together share what they can share.</summary>
    public void Add(IReadOnlyList<Publishing> publishings)
    {
        lock (_gate)
        {
            foreach (var publishing in publishings)
            {
                Place(publishing);
            }

            _small.Start();
            _large.Start();
        }
    }

    /// <summary>Has a publishing stored in parts, whatever it is expected to cost.</summary>
    public void AddInParts(Publishing publishing)
    {
        lock (_gate)
        {
            _parts.Add(publishing);
        }
    }

    /// <summary>Takes a publishing out of those that wait. One that is in a statement stays there: the statement uses its data.</summary>
    public void Leave(Publishing publishing)
    {
        lock (_gate)
        {
            if (publishing.Waiting is not { } waiting)
            {
                return;
            }

            waiting.Queue.Remove(publishing);
        }

        publishing.Cancel();
    }

    public void Dispose() => _expected.Dispose();

    private void Place(Publishing publishing)
    {
        if (publishing.CancellationToken.IsCancellationRequested)
        {
            publishing.Cancel();
            return;
        }

        publishing.Cost = _expected.CostOf(publishing.Events);
        if (publishing.MayBeStored || publishing.Cost > StatementCost.Most)
        {
            _parts.Add(publishing);
        }
        else if (publishing.Cost >= StatementCost.Crowd)
        {
            publishing.MarkSetAside();
            _large.Add(publishing);
        }
        else
        {
            _small.Add(publishing);
        }
    }
}
