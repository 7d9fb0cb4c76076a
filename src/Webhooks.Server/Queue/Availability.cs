namespace Webhooks.Server.Queue;

/// <summary>
/// The state of something that the listener needs: it is logged once when it goes and once when it is back, however often that is noticed.
/// </summary>
/// <param name="what">The thing, as in "the database".</param>
internal sealed partial class Availability(string what, ILogger logger)
{
    private int _lost;

    /// <summary>It could not be used.</summary>
    public void Lost(Exception failure)
    {
        if (Interlocked.Exchange(ref _lost, 1) == 0)
        {
            LogLost(what, FirstLine(failure.Message));
        }
    }

    /// <summary>It could be used.</summary>
    public void Available()
    {
        if (Interlocked.Exchange(ref _lost, 0) == 1)
        {
            LogBack(what);
        }
    }

    /// <summary>Storage errors go on with the whole answer, and an outage is worth one line.</summary>
    private static string FirstLine(string message) => message.Trim().Split('\n', 2)[0].TrimEnd();

    [LoggerMessage(1, LogLevel.Error, "webhook event messages wait: {What} fails ({Reason}); it is tried again until it answers")]
    private partial void LogLost(string what, string reason);

    [LoggerMessage(2, LogLevel.Information, "webhook event messages are read again: {What} answers")]
    private partial void LogBack(string what);
}
