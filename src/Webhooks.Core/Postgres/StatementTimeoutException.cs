using Npgsql;

namespace Webhooks.Core.Postgres;

/// <summary>
/// A statement that took longer than it may, on a connection that was open. To whoever cannot make it smaller, the database is unavailable.
/// </summary>
internal sealed class StatementTimeoutException(Exception failure)
    : NpgsqlException($"A statement took longer than it may ({failure.Message})", failure);
