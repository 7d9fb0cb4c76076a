namespace Webhooks.Core.Events;

/// <summary>
/// Publishings that wait, each organization's in the order in which they came; organizations take turns, so that one with many publishings
/// keeps nobody waiting. Everything needs the lock of the lanes.
/// </summary>
internal sealed class WaitingPublishings
{
    private readonly Dictionary<Guid, LinkedListNode<LinkedList<Publishing>>> _organizations = [];
    private readonly LinkedList<LinkedList<Publishing>> _turns = [];

    /// <summary>What all that wait are expected to cost.</summary>
    public long Cost { get; private set; }

    /// <summary>Adds one behind the others of its organization.</summary>
    public void Add(Publishing publishing)
    {
        if (!_organizations.TryGetValue(publishing.OrgId, out var turn))
        {
            turn = _turns.AddLast(new LinkedList<Publishing>());
            _organizations.Add(publishing.OrgId, turn);
        }

        publishing.Waiting = (this, turn.Value.AddLast(publishing));
        Cost += publishing.Cost;
    }

    /// <summary>
    /// Takes the next one: the first of the first organization that may have it. That organization's next turn is after all others'.
    /// </summary>
    /// <param name="may">Whether a publishing may be taken.</param>
    /// <returns>Null when none may be.</returns>
    public Publishing? Take(Predicate<Publishing> may)
    {
        for (var turn = _turns.First; turn is not null; turn = turn.Next)
        {
            if (turn.Value.First is { Value: var next } && may(next))
            {
                _turns.Remove(turn);
                _turns.AddLast(turn);
                Remove(next);
                return next;
            }
        }

        return null;
    }

    /// <summary>Takes out one that waits here.</summary>
    public void Remove(Publishing publishing)
    {
        var organization = _organizations[publishing.OrgId];
        organization.Value.Remove(publishing.Waiting!.Value.Place);
        if (organization.Value.Count == 0)
        {
            _turns.Remove(organization);
            _organizations.Remove(publishing.OrgId);
        }

        publishing.Waiting = null;
        Cost -= publishing.Cost;
    }
}
