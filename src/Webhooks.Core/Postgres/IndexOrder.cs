using Npgsql;

namespace Webhooks.Core.Postgres;

/// <summary>
/// The order of an index, for statements that want the first few rows in it. Sorting all rows that qualify looks cheaper to the planner
/// whenever statistics say that there are few, as they do when a burst has just begun or a table is new.
/// </summary>
internal static class IndexOrder
{
    /// <summary>
    /// A batch's command that keeps the planner from sorting in the commands after it, where an index gives the order. Its result is one
    /// row.
    /// </summary>
    public static NpgsqlBatchCommand Prefer() =>
        new("SELECT set_config('enable_sort', 'off', true), set_config('enable_incremental_sort', 'off', true)");
}
