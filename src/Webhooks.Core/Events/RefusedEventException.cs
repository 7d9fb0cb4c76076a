using Npgsql;

namespace Webhooks.Core.Events;

/// <summary>
/// What ends a statement that cannot store one of its events, because its key is known (<c>webhook_refuse_event</c> in SQL). Nothing is
/// stored.
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
        Differing = error.SqlState == Reused ? error.ColumnName?.Split(',') ?? [] : [];
    }

    /// <summary>
    /// The fields in which the event differs from the one that the key belongs to; empty when it is the same one, and perhaps not stored as
    /// a whole.
    /// </summary>
    public IReadOnlyList<string> Differing { get; }

    /// <summary>Whether an error says that.</summary>
    public static bool IsSaidBy(PostgresException error) => error.SqlState is Reused or Unfinished;

    /// <summary>Whether this is the event.</summary>
    public bool IsAbout(IdentifiedEvent item) =>
        item.Identity.EventId.ToString() == _eventId && item.Message.OrgId.ToString() == _orgId;

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
