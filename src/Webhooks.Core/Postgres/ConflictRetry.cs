using Npgsql;

namespace Webhooks.Core.Postgres;

/// <summary>
/// The repetition of work that PostgreSQL undid because it met other work. Statements lock rows in the order of their ids, so this is rare;
/// it is left for orders that only PostgreSQL chooses.
/// </summary>
internal static class ConflictRetry
{
    private const int MaxTries = 5;

    /// <summary>Runs work that is one transaction, again if it lost a deadlock or could not be serialized.</summary>
    public static async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> transaction, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await transaction(cancellationToken);
            }
            catch (PostgresException conflict) when (IsConflict(conflict) && tries < MaxTries)
            {
                // PostgreSQL has waited already, for deadlock_timeout, before it chose whom to undo.
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>
    /// What the same statement does not meet again: what a row refers to is deleted only with an organization, and then it is not found.
    /// </summary>
    private static bool IsConflict(PostgresException failure) =>
        failure.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure
            or PostgresErrorCodes.ForeignKeyViolation;
}
