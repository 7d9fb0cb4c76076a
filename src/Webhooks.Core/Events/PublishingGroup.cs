namespace Webhooks.Core.Events;

/// <summary>Publishings that are stored by one statement.</summary>
internal sealed class PublishingGroup
{
    private readonly IReadOnlyList<Publishing> _publishings;
    private readonly List<IdentifiedEvent> _events = [];
    private readonly List<int> _positions = [];

    public PublishingGroup(IReadOnlyList<Publishing> publishings)
    {
        _publishings = publishings;
        var known = new Dictionary<(Guid OrgId, string? Key, Guid Id), int>();
        foreach (var item in publishings.SelectMany(publishing => publishing.Events))
        {
            _positions.Add(PositionOf(item, known));
        }
    }

    /// <summary>The events of all, each once.</summary>
    public IReadOnlyList<IdentifiedEvent> Events => _events;

    /// <summary>Gives each publishing its answers. Of an event that several published, the first one made the deliveries.</summary>
    /// <param name="published">One for each of <see cref="Events"/>, in order.</param>
    public void Succeed(IReadOnlyList<PublishedEvent> published)
    {
        var answered = new bool[published.Count];
        var next = 0;
        foreach (var publishing in _publishings)
        {
            var answers = new PublishedEvent[publishing.Events.Count];
            for (var index = 0; index < answers.Length; index++, next++)
            {
                var position = _positions[next];
                answers[index] = answered[position] ? published[position] with { NewDeliveries = [] } : published[position];
                answered[position] = true;
            }

            publishing.Succeed(answers);
        }
    }

    private int PositionOf(IdentifiedEvent item, Dictionary<(Guid OrgId, string? Key, Guid Id), int> known)
    {
        // Without a key of the publisher's, the id is new, and no other event has it.
        if (item.Message.Key is not null)
        {
            var (id, key) = item.Identity;
            var sameEvent = (item.Message.OrgId, key, key is null ? id : Guid.Empty);
            if (known.TryGetValue(sameEvent, out var position))
            {
                return position;
            }

            known[sameEvent] = _events.Count;
        }

        _events.Add(item);
        return _events.Count - 1;
    }
}
