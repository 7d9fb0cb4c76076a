using Npgsql;

namespace Webhooks.Core.Postgres;

/// <summary>
/// The pool's sessions, which keep what was so when they were opened: a database that was read-only then, its search path, what was
/// prepared. When statements fail for such a reason, the pool is emptied, so that the next ones see the database as it is now.
/// </summary>
public sealed class DatabaseSessions(NpgsqlDataSource database, TimeProvider clock)
{
    // Each try of what goes on failing would otherwise open a connection of its own.
    private static readonly TimeSpan _leastBetween = TimeSpan.FromSeconds(1);

    private long _renewed = clock.GetTimestamp() - (long)(_leastBetween.TotalSeconds * clock.TimestampFrequency);

    /// <summary>A statement failed: has new sessions opened if that could be why. Costs nothing when it could not.</summary>
    public void Heed(Exception failure)
    {
        if (DatabaseFailure.IsOfSession(failure))
        {
            Renew();
        }
    }

    /// <summary>Has idle sessions closed now and others when they come back, unless that was done within the last second.</summary>
    public void Renew()
    {
        var before = Volatile.Read(ref _renewed);
        if (clock.GetElapsedTime(before) >= _leastBetween
            && Interlocked.CompareExchange(ref _renewed, clock.GetTimestamp(), before) == before)
        {
            database.Clear();
        }
    }
}
