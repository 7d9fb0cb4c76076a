using Webhooks.Core.Postgres;

namespace Webhooks.Server.Engine;

/// <summary>Says once when the database goes and once when it is back, however many parts of the engine notice.</summary>
internal sealed partial class DatabaseAvailability(DatabaseSessions sessions, ILogger<DatabaseAvailability> logger)
{
    private int _waiting;

    /// <summary>A statement failed, for the first time or again.</summary>
    public void Failed(Exception failure) => sessions.Heed(failure);

    /// <summary>A part of the engine begins to wait for the database.</summary>
    public void Lost(Exception failure)
    {
        if (Interlocked.Increment(ref _waiting) == 1)
        {
            LogLost(failure.Message);
        }
    }

    /// <summary>That part does not wait any more.</summary>
    public void Found()
    {
        if (Interlocked.Decrement(ref _waiting) == 0)
        {
            LogBack();
        }
    }

    [LoggerMessage(1, LogLevel.Error, "webhook deliveries wait: the database fails ({Reason}); it is tried again until it answers")]
    private partial void LogLost(string reason);

    [LoggerMessage(2, LogLevel.Information, "webhook deliveries go on: the database answers again")]
    private partial void LogBack();
}
