namespace Webhooks.Core.Events;

/// <summary>Publishings that are stored by one statement.</summary>
internal sealed class PublishingGroup
{
    private readonly List<Publishing> _publishings = [];
    private readonly List<IdentifiedEvent> _events = [];
    private readonly List<int> _positions = [];
    private readonly Dictionary<(Guid OrgId, string? Key, Guid? OwnId), int> _known = [];

    /// <summary>The publishings.</summary>
    public IReadOnlyList<Publishing> Publishings => _publishings;

    /// <summary>The events of all, each once.</summary>
    public IReadOnlyList<IdentifiedEvent> Events => _events;

    /// <summary>Puts publishings into as few groups as they can share, which is one, unless a key stands for different events.</summary>
    public static IReadOnlyList<PublishingGroup> Of(IReadOnlyList<Publishing> publishings)
    {
        var groups = new List<PublishingGroup>(1);
        foreach (var publishing in publishings)
        {
            if (groups.Find(group => group.MayHave(publishing)) is not { } group)
            {
                groups.Add(group = new PublishingGroup());
            }

            group.Add(publishing);
        }

        return groups;
    }

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
                answers[index] = answered[position] ? published[position] with { NewDeliveries = [], NewPulled = 0 } : published[position];
                answered[position] = true;
            }

            publishing.Succeed(answers);
        }
    }

    private bool MayHave(Publishing publishing) => _known.Count == 0 || publishing.Events.All(item =>
        item.Name is not { } name || !_known.TryGetValue(name, out var position) || _events[position].DifferencesTo(item).Count == 0);

    private void Add(Publishing publishing)
    {
        _publishings.Add(publishing);
        foreach (var item in publishing.Events)
        {
            _positions.Add(PositionOf(item));
        }
    }

    private int PositionOf(IdentifiedEvent item)
    {
        if (item.Name is { } name && !_known.TryAdd(name, _events.Count))
        {
            return _known[name];
        }

        _events.Add(item);
        return _events.Count - 1;
    }
}
