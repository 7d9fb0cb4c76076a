using Webhooks.Core.Postgres;

namespace Webhooks.Server.Engine;

/// <summary>
/// The database as the engine finds it: it is logged once when it goes and once when it is back, however many parts of the engine notice.
/// It is back when something was written, no part waits, and no session is left that would fail: a database that is read-only answers
/// questions and lets itself be listened to.
/// </summary>
internal sealed partial class DatabaseAvailability(DatabaseSessions sessions, ILogger<DatabaseAvailability> logger)
{
    private int _waiting;
    private int _lost;

    private bool IsBack => Volatile.Read(ref _waiting) == 0 && sessions.HaveSettled;

    /// <summary>A statement failed, for the first time or again.</summary>
    public void Failed(Exception failure) => sessions.Heed(failure);

    /// <summary>A part of the engine begins to wait for the database.</summary>
    public void Lost(Exception failure)
    {
        Interlocked.Increment(ref _waiting);
        if (Interlocked.Exchange(ref _lost, 1) == 0)
        {
            LogLost(failure.Message);
        }
    }

    /// <summary>That part does not wait any more.</summary>
    public void Found() => Interlocked.Decrement(ref _waiting);

    /// <summary>A statement that writes succeeded.</summary>
    public void Written()
    {
        if (Volatile.Read(ref _lost) == 1 && IsBack && Interlocked.CompareExchange(ref _lost, 0, 1) == 1)
        {
            LogBack();
        }
    }

    [LoggerMessage(1, LogLevel.Error, "webhook deliveries wait: the database fails ({Reason}); it is tried again until it answers")]
    private partial void LogLost(string reason);

    [LoggerMessage(2, LogLevel.Information, "webhook deliveries go on: the database answers again")]
    private partial void LogBack();
}
