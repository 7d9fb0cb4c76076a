using Npgsql;

namespace Webhooks.Core.Postgres;

/// <summary>
/// What a failed statement says about the database, and about the data that were to be stored. Every part of the product decides by it.
/// </summary>
public static class DatabaseFailure
{
    private const string CardinalityViolation = "21";
    private const string DataException = "22";
    private const string IntegrityConstraintViolation = "23";
    private const string ProgramLimitExceeded = "54";

    /// <summary>
    /// Classes of errors (PostgreSQL documentation, appendix A) that say nothing about the data: connection, what a session prepared for
    /// another schema, transaction state, prepared statement, authorization, transaction, unknown database and schema, conflict, privileges
    /// and tables, resources (a full disk), object state, operator's intervention (a timeout, too), operating system, configuration.
    /// </summary>
    private static readonly string[] _notTheData =
        ["08", "0A", "25", "26", "28", "2D", "3D", "3F", "40", "42", "53", "55", "57", "58", "F0"];

    /// <summary>
    /// Whether the database cannot be used at the moment, so that any statement like it would have failed. Whoever has work waits with it;
    /// a caller is told to try again.
    /// </summary>
    public static bool IsOutage(Exception failure) => failure switch
    {
        PostgresException error => error.IsTransient || _notTheData.Contains(error.SqlState[..2]) || IsDamage(error),
        NpgsqlException or TimeoutException => true,
        _ => false,
    };

    /// <summary>
    /// Whether a statement took longer than it may, by the client's command timeout or the server's <c>statement_timeout</c>. To whoever
    /// cannot make it smaller, that is an outage.
    /// </summary>
    public static bool IsTimeout(Exception failure) => failure switch
    {
        PostgresException error => error.SqlState == PostgresErrorCodes.QueryCanceled,
        NpgsqlException { InnerException: TimeoutException } => true,
        _ => false,
    };

    /// <summary>
    /// Whether it may be only this session that fails so: by what was set when it was opened (read-only, role, search path) or by what it
    /// has prepared.
    /// </summary>
    public static bool IsOfSession(Exception failure) =>
        failure is PostgresException { SqlState: ['0', 'A', ..] or ['2', '5' or '6', ..] or ['3', 'F', ..] or ['4', '2', ..] };

    /// <summary>Whether PostgreSQL cannot hold the data, today or ever.</summary>
    public static bool IsForGood(Exception failure) =>
        failure is PostgresException error && error.SqlState[..2] is DataException or ProgramLimitExceeded;

    /// <summary>Whether the data are why it failed, for good or beside what is stored now: not the same statement with others.</summary>
    public static bool IsOfData(Exception failure) =>
        IsForGood(failure)
        || failure is PostgresException error && error.SqlState[..2] is CardinalityViolation or IntegrityConstraintViolation;

    /// <summary>The failure's kind. Messages of exceptions may quote data and do not belong into a log.</summary>
    public static string Describe(Exception failure) =>
        failure is PostgresException error ? $"PostgreSQL error {error.SqlState}" : failure.GetType().Name;

    /// <summary>
    /// Whether a table or an index is damaged. The other internal errors can be of the data, as an allocation that is too large is.
    /// </summary>
    private static bool IsDamage(PostgresException error) =>
        error.SqlState is PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted;
}
