using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Webhooks;

namespace Webhooks.Core.Events;

/// <summary>
/// The parameters that the statements over sets of events have in common: an array for each property, in the events' order.
/// </summary>
internal static class StatementParameters
{
    /// <summary>
    /// Adds <c>org_ids</c>, <c>events</c>, <c>timestamps</c>, <c>data</c>, <c>event_ids</c>, <c>trace_parents</c>, <c>deliver_at</c> and
    /// <c>ordering_keys</c>, what a delivery is made of; and <c>listed</c>, what webhooks list that get it.
    /// </summary>
    public static void AddContents(this NpgsqlParameterCollection parameters, IReadOnlyList<IdentifiedEvent> events)
    {
        parameters.AddWithValue("org_ids", events.Select(item => item.Message.OrgId).ToArray());
        parameters.AddWithValue("events", events.Select(item => item.Message.Event).ToArray());
        // An array for each would have to be as long as the others': names have no comma.
        parameters.AddWithValue("listed", events.Select(item => string.Join(',', ListedEvents.NamesOf(item.Message.Event))).ToArray());
        parameters.AddWithValue("timestamps", events.Select(item => EventTimestamp.Format(item.Timestamp)).ToArray());
        parameters.AddWithValue("data", NpgsqlDbType.Array | NpgsqlDbType.Jsonb, events.Select(item => item.Message.Data).ToArray());
        parameters.AddWithValue("event_ids", events.Select(item => item.Identity.EventId).ToArray());
        parameters.AddWithValue("trace_parents", events.Select(item => item.TraceParent).ToArray());
        parameters.AddWithValue(
            "deliver_at", NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, events.Select(item => item.Message.DeliverAt).ToArray());
        parameters.AddWithValue("ordering_keys", events.Select(item => item.Message.OrderingKey).ToArray());
    }

    /// <summary>Adds <c>keys</c>, <c>happened</c> and <c>key_lifetime</c>: what tells whether an event was published before.</summary>
    public static void AddKeys(this NpgsqlParameterCollection parameters, IReadOnlyList<IdentifiedEvent> events)
    {
        parameters.AddWithValue("keys", events.Select(item => item.Identity.Key).ToArray());
        parameters.AddWithValue("happened", events.Select(item => item.Happened).ToArray());
        parameters.AddWithValue("key_lifetime", EventIdentity.KeyLifetime);
    }
}
