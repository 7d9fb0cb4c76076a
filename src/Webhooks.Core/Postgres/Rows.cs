using Npgsql;

namespace Webhooks.Core.Postgres;

/// <summary>The rows of a statement's answer, and what stands in them.</summary>
internal static class Rows
{
    /// <summary>Reads those that are left of a result, in their order.</summary>
    /// <param name="reader">The answer.</param>
    /// <param name="read">What a row says.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<List<T>> ReadRowsAsync<T>(
        this NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>What a column of the row has that the reader is at.</summary>
    /// <exception cref="InvalidCastException">It is NULL, and the type has no null.</exception>
    public static T Value<T>(this NpgsqlDataReader reader, string column) =>
        reader.GetOrdinal(column) is var ordinal && default(T) is null && reader.IsDBNull(ordinal)
            ? default!
            : reader.GetFieldValue<T>(ordinal);
}
