using System.Text.Json;
using Npgsql;
using Webhooks.Core.Deliveries;

namespace Webhooks.Endurance.Tests.Chaos;

/// <summary>A delivery as it is recorded.</summary>
internal sealed record DeliveryRow(
    Guid Id, Guid Webhook, Guid Event, string Status, int AttemptNumber, IReadOnlyList<RecordedAttempt> Attempts)
{
    private static readonly JsonSerializerOptions _json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>All there are.</summary>
    public static async Task<IReadOnlyList<DeliveryRow>> ReadAllAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var command = database.CreateCommand(
            "SELECT id, webhook_id, event_id, status, attempt_number, attempts::text FROM webhook_deliveries");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<DeliveryRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new DeliveryRow(
                reader.GetGuid(0),
                reader.GetGuid(1),
                reader.GetGuid(2),
                reader.GetString(3),
                reader.GetInt32(4),
                JsonSerializer.Deserialize<RecordedAttempt[]>(reader.GetString(5), _json)!));
        }

        return rows;
    }
}
