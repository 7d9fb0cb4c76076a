using Npgsql;

namespace Webhooks.Core.Recoveries;

/// <summary>Recoveries in the result of a statement.</summary>
internal static class RecoveryReader
{
    /// <summary>What a recovery is read from.</summary>
    public const string Columns = """
        id, webhook_id, org_id, created_from, created_to, statuses, events, response_status, rate, state, reason, total, redelivered, done,
        failed, created_at, finished_at
        """;

    /// <summary>The recovery in the row that a reader is at, from <see cref="Columns"/>, which come first.</summary>
    public static Recovery Read(NpgsqlDataReader reader) => new(
        Id: reader.GetGuid(0),
        WebhookId: reader.GetGuid(1),
        OrgId: reader.GetGuid(2),
        new RecoveryScope(
            From: reader.GetFieldValue<DateTimeOffset>(3),
            To: reader.GetFieldValue<DateTimeOffset>(4),
            Statuses: reader.GetFieldValue<string[]>(5),
            Events: reader.IsDBNull(6) ? null : reader.GetFieldValue<string[]>(6),
            ResponseStatus: reader.GetFieldValue<int?>(7)),
        Rate: reader.GetFieldValue<int?>(8),
        State: RecoveryText.ParseState(reader.GetString(9)),
        Reason: reader.IsDBNull(10) ? null : reader.GetString(10),
        Total: reader.GetFieldValue<int?>(11),
        Redelivered: reader.GetInt32(12),
        Done: reader.GetInt32(13),
        Failed: reader.GetInt32(14),
        CreatedAt: reader.GetFieldValue<DateTimeOffset>(15),
        FinishedAt: reader.GetFieldValue<DateTimeOffset?>(16));
}
