using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Filters;

/// <summary>Filters that are tried on a payload, by the function that the statement calls which fans events out.</summary>
public sealed class FilterTrials(NpgsqlDataSource database)
{
    /// <summary>Tries a filter, and each of its conditions.</summary>
    public async Task<FilterTrial> RunAsync(Filter filter, FilterPayload payload, CancellationToken cancellationToken)
    {
        var results = await EvaluateAsync(
            [filter.Path, .. filter.Conditions.Select(condition => condition.Path)], payload, cancellationToken);
        return new FilterTrial(results[0], [.. results.Skip(1)]);
    }

    /// <summary>Whether an event passes a webhook's stored filter.</summary>
    public async Task<bool> PassesAsync(Guid webhookId, FilterPayload payload, CancellationToken cancellationToken)
    {
        const string Sql =
            "SELECT webhook_filter_matches(filter_path, @event, @timestamp, @data) FROM webhooks WHERE id = @id";
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("id", webhookId);
        AddTo(command, payload);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private async Task<IReadOnlyList<bool>> EvaluateAsync(string[] paths, FilterPayload payload, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT webhook_filter_matches(path::jsonpath, @event, @timestamp, @data)
            FROM unnest(@paths) WITH ORDINALITY AS tried (path, place)
            ORDER BY place
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("paths", paths);
        AddTo(command, payload);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadRowsAsync(row => row.GetBoolean(0), cancellationToken);
    }

    private static void AddTo(NpgsqlCommand command, FilterPayload payload)
    {
        command.Parameters.AddWithValue("event", payload.Event);
        command.Parameters.AddWithValue("timestamp", payload.Timestamp);
        command.Parameters.AddWithValue("data", NpgsqlDbType.Jsonb, payload.Data);
    }
}
