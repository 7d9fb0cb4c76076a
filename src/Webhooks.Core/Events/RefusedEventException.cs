using Npgsql;
using Webhooks.Core.Organizations;

namespace Webhooks.Core.Events;

/// <summary>
/// What ends a statement that cannot store one of its events, because its key is known (<c>webhook_refuse_event</c> in SQL) or its
/// organization is erased (<c>webhook_refuse_organization</c>). Nothing is stored.
/// </summary>
internal sealed class RefusedEventException : Exception
{
    private const string Reused = "WH001";
    private const string Unfinished = "WH002";

    private readonly string? _orgId;
    private readonly string? _eventId;

    public RefusedEventException(PostgresException error)
        : base(error.MessageText, error)
    {
        _orgId = error.TableName;
        _eventId = error.ConstraintName;
        IsOfErasedOrganization = error.SqlState == ErasedOrganizationException.SqlState;
        Differing = error.SqlState == Reused ? error.ColumnName?.Split(',') ?? [] : [];
    }

    /// <summary>
    /// The fields in which the event differs from the one that the key belongs to; empty when it is the same one, or has no such key.
    /// </summary>
    public IReadOnlyList<string> Differing { get; }

    /// <summary>Whether the event's organization is erased: nothing is ever stored for it again.</summary>
    public bool IsOfErasedOrganization { get; }

    /// <summary>Whether the event is the same as one that is known, and perhaps not stored as a whole.</summary>
    public bool IsUnfinished => Differing.Count == 0 && !IsOfErasedOrganization;

    /// <summary>Whether an error says that.</summary>
    public static bool IsSaidBy(PostgresException error) => error.SqlState is Reused or Unfinished or ErasedOrganizationException.SqlState;

    /// <summary>Whether this is the event.</summary>
    public bool IsAbout(IdentifiedEvent item) =>
        (IsOfErasedOrganization || item.Identity.EventId.ToString() == _eventId) && item.Message.OrgId.ToString() == _orgId;

    /// <summary>What to tell the publisher of some events, of which this one is.</summary>
    public Exception ToFailure(IReadOnlyList<IdentifiedEvent> events)
    {
        var index = IndexIn(events);
        return IsOfErasedOrganization
            ? new ErasedOrganizationException(events[index].Message.OrgId)
            : new ReusedKeyException(index, Differing);
    }

    /// <summary>The place of the event in a list; -1 when it is not in it.</summary>
    public int IndexIn(IReadOnlyList<IdentifiedEvent> events)
    {
        var index = events.Count - 1;
        while (index >= 0 && !IsAbout(events[index]))
        {
            index--;
        }

        return index;
    }
}
