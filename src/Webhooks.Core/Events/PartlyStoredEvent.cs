namespace Webhooks.Core.Events;

/// <summary>An event whose deliveries are stored in parts, and how far that has come.</summary>
/// <param name="item">The event, with the id that it has for good.</param>
/// <param name="firstPublished">When it was first published, by the database's clock: webhooks that were made later do not get it.</param>
/// <param name="knownDeliveries">How many deliveries it has, when all of them are stored already; otherwise null.</param>
internal sealed class PartlyStoredEvent(IdentifiedEvent item, DateTimeOffset firstPublished, int? knownDeliveries)
{
    private List<Guid> _newDeliveries = [];

    public IdentifiedEvent Event => item;

    public DateTimeOffset FirstPublished => firstPublished;

    /// <summary>Whether all its deliveries are stored.</summary>
    public bool IsComplete { get; private set; } = knownDeliveries is not null;

    /// <summary>For how many webhooks it is stored, also inactive ones.</summary>
    public int Webhooks { get; private set; }

    /// <summary>How many deliveries it has, as far as it is stored, without skipped ones.</summary>
    public int Deliveries { get; private set; } = knownDeliveries ?? 0;

    /// <summary>The webhook that its last part ended with; the least id before the first part.</summary>
    public Guid LastWebhook { get; private set; }

    public PublishedEvent Published => new(item.Identity.EventId, item.Message.OrgId, item.Message.Event, Deliveries, _newDeliveries);

    /// <summary>A part is stored.</summary>
    /// <param name="webhooks">How many webhooks are in the part.</param>
    /// <param name="lastWebhook">The last of them; null when there are none.</param>
    /// <param name="deliveries">How many of its deliveries are in the part, without skipped ones.</param>
    /// <param name="newDeliveries">Those of them that were not stored before.</param>
    /// <param name="isLast">Whether no part follows.</param>
    public void Add(int webhooks, Guid? lastWebhook, int deliveries, IReadOnlyList<Guid> newDeliveries, bool isLast)
    {
        Webhooks += webhooks;
        Deliveries += deliveries;
        LastWebhook = lastWebhook ?? LastWebhook;
        _newDeliveries.AddRange(newDeliveries);
        IsComplete = isLast;
    }

    /// <summary>Nothing of it is stored, because its transaction was undone.</summary>
    public void Restart()
    {
        (Webhooks, Deliveries, LastWebhook, IsComplete) = (0, 0, Guid.Empty, false);
        _newDeliveries = [];
    }
}
