using Npgsql;

namespace Webhooks.Core.Postgres;

/// <summary>
/// The pool's sessions, which keep what was so when they were opened: a database that was read-only then, its search path, what was
/// prepared. When statements fail for such a reason, the pool is emptied, so that the next ones see the database as it is now.
/// </summary>
/// <remarks>
/// What is opened after that, for a question that a read-only database answers, may still be of the old kind when the database is back. So
/// the pool is emptied once a second while statements fail, and once more when none has failed for a second.
/// </remarks>
public sealed class DatabaseSessions(NpgsqlDataSource database, TimeProvider clock)
{
    private const int Settled = 0;
    private const int Renewing = 1;
    private const int FailedSince = 2;

    // Each try of what goes on failing would otherwise open a connection of its own.
    private static readonly TimeSpan _between = TimeSpan.FromSeconds(1);

    private int _state = Settled;

    /// <summary>
    /// Whether none of those sessions is left as far as anybody can tell: for a second, no statement failed for such a reason. Until then,
    /// a statement that works says nothing about the next one.
    /// </summary>
    public bool HaveSettled => Volatile.Read(ref _state) == Settled;

    /// <summary>A statement failed: has new sessions opened if that could be why. Costs nothing when it could not.</summary>
    public void Heed(Exception failure)
    {
        if (DatabaseFailure.IsOfSession(failure))
        {
            Renew();
        }
    }

    /// <summary>
    /// Has idle sessions closed and others when they come back: now, or within a second if that was just done; and again a second later.
    /// </summary>
    public void Renew()
    {
        if (Interlocked.Exchange(ref _state, FailedSince) == Settled)
        {
            _ = RenewUntilNothingFailsAsync();
        }
    }

    private async Task RenewUntilNothingFailsAsync()
    {
        database.Clear();
        do
        {
            Volatile.Write(ref _state, Renewing);
            await Task.Delay(_between, clock);
            database.Clear();
        }
        while (Interlocked.CompareExchange(ref _state, Settled, Renewing) != Renewing);
    }
}
