using Npgsql;

namespace Webhooks.Core.EventTypes;

/// <summary>How an event type is read from a row of the table.</summary>
internal static class EventTypeRow
{
    /// <summary>Reads the row that the reader is at.</summary>
    public static EventType Read(NpgsqlDataReader reader)
    {
        return new EventType(Value<string>("name"), Value<string>("category"), Value<string>("description"), Value<string>("sample"))
        {
            Schema = Value<string?>("schema"),
            Validate = Value<bool>("validate"),
            Archived = Value<bool>("archived"),
            BuiltIn = Value<bool>("built_in"),
            CreatedAt = Value<DateTimeOffset>("created_at"),
            UpdatedAt = Value<DateTimeOffset>("updated_at"),
        };

        T Value<T>(string column) =>
            reader.GetOrdinal(column) is var ordinal && reader.IsDBNull(ordinal) ? default! : reader.GetFieldValue<T>(ordinal);
    }
}
