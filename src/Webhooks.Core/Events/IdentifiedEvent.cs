using System.Text.Json;

namespace Webhooks.Core.Events;

/// <summary>An event that is ready to be stored.</summary>
/// <param name="Identity">Its id, or how it gets one.</param>
/// <param name="Message">What was published.</param>
/// <param name="Timestamp">When it happened, UTC.</param>
/// <param name="TraceParent">What its attempts link to: the W3C traceparent of its publishing; null when that is not traced.</param>
internal sealed record IdentifiedEvent(EventIdentity Identity, EventMessage Message, DateTimeOffset Timestamp, string? TraceParent)
{
    /// <summary>When its publisher says that it happened, as it is stored; null when the publisher leaves it to us.</summary>
    public string? Happened => Message.Timestamp is { } timestamp ? EventTimestamp.Format(timestamp) : null;

    /// <summary>What every event has that is this one: null when nobody can publish it again.</summary>
    public (Guid OrgId, string? Key, Guid? OwnId)? Name =>
        Identity.Key is not null || Message.OwnId is not null ? (Message.OrgId, Identity.Key, Message.OwnId) : null;

    /// <summary>
    /// The fields in which another event differs from this one, as PostgreSQL would compare them; empty when it is the same.
    /// </summary>
    public IReadOnlyList<string> DifferencesTo(IdentifiedEvent other)
    {
        var differing = new List<string>();
        if (Message.Event != other.Message.Event)
        {
            differing.Add("event");
        }

        if (Happened != other.Happened)
        {
            differing.Add("timestamp");
        }

        if (!HasSameData(other))
        {
            differing.Add("data");
        }

        return differing;
    }

    private bool HasSameData(IdentifiedEvent other)
    {
        if (Message.Data.Span.SequenceEqual(other.Message.Data.Span))
        {
            return true;
        }

        using var mine = JsonDocument.Parse(Message.Data);
        using var theirs = JsonDocument.Parse(other.Message.Data);
        return JsonElement.DeepEquals(mine.RootElement, theirs.RootElement);
    }
}
