using Npgsql;

namespace Webhooks.Core.Postgres;

/// <summary>What a failed statement says about the database, and about the data that were to be stored.</summary>
public static class DatabaseFailure
{
    private const string DataException = "22";
    private const string ProgramLimitExceeded = "54";

    /// <summary>
    /// Classes of errors (PostgreSQL documentation, appendix A) that say nothing about the data: connection, transaction state,
    /// authorization, unknown database, conflict, privileges and schema, resources, object state, operator's intervention, operating system, configuration.
    /// </summary>
    private static readonly string[] _notTheData = ["08", "25", "28", "3D", "40", "42", "53", "55", "57", "58", "F0"];

    /// <summary>Whether the database cannot be used at the moment, so that any statement would have failed.</summary>
    public static bool IsOutage(Exception failure) => failure switch
    {
        PostgresException error => error.IsTransient || _notTheData.Contains(error.SqlState[..2]),
        NpgsqlException or TimeoutException => true,
        _ => false,
    };

    /// <summary>
    /// Whether a statement took longer than it may, by the client's command timeout or the server's <c>statement_timeout</c>.
    /// </summary>
    public static bool IsTimeout(Exception failure) => failure switch
    {
        PostgresException error => error.SqlState == PostgresErrorCodes.QueryCanceled,
        NpgsqlException { InnerException: TimeoutException } => true,
        _ => false,
    };

    /// <summary>Whether PostgreSQL cannot hold the data, today or ever.</summary>
    public static bool IsForGood(Exception failure) =>
        failure is PostgresException error && error.SqlState[..2] is DataException or ProgramLimitExceeded;

    /// <summary>The failure's kind. Messages of exceptions may quote data and do not belong into a log.</summary>
    public static string Describe(Exception failure) =>
        failure is PostgresException error ? $"PostgreSQL error {error.SqlState}" : failure.GetType().Name;
}
