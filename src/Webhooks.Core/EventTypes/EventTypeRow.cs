using Npgsql;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.EventTypes;

/// <summary>How an event type is read from a row of the table.</summary>
internal static class EventTypeRow
{
    /// <summary>Reads the row that the reader is at.</summary>
    public static EventType Read(NpgsqlDataReader reader) =>
        new(
            reader.Value<string>("name"),
            reader.Value<string>("category"),
            reader.Value<string>("description"),
            reader.Value<string>("sample"))
        {
            Schema = reader.Value<string?>("schema"),
            Validate = reader.Value<bool>("validate"),
            Archived = reader.Value<bool>("archived"),
            BuiltIn = reader.Value<bool>("built_in"),
            CreatedAt = reader.Value<DateTimeOffset>("created_at"),
            UpdatedAt = reader.Value<DateTimeOffset>("updated_at"),
        };
}
