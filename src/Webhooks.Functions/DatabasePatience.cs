using Microsoft.Extensions.Logging;
using Webhooks.Core.Postgres;

namespace Webhooks.Functions;

/// <summary>
/// The repetition of work that failed because the database is restarting or failing over, which takes it away for seconds to a minute. A
/// queue message would otherwise use up its tries and go to the poison queue although nothing is wrong with it.
/// </summary>
public sealed partial class DatabasePatience(DatabaseSessions sessions, TimeProvider clock, ILogger<DatabasePatience> logger)
{
    /// <summary>
    /// For how long the work is repeated. Less than the lease of an attempt that waits to be recorded has left, and than the host waits for
    /// the worker to start.
    /// </summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan _firstDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _longestDelay = TimeSpan.FromSeconds(8);

    /// <summary>Runs work that may be repeated: it is done once or not at all, or doing it twice does no harm.</summary>
    /// <param name="work">
    /// It is not canceled: it takes milliseconds, and an instance that stops in the middle of it would have to leave all of it to another.
    /// </param>
    /// <param name="cancellationToken">Ends the waiting for the database.</param>
    public async Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        for (var delay = _firstDelay; ; delay = Shorter(delay * 2, _longestDelay))
        {
            try
            {
                return await work();
            }
            catch (Exception failure) when (DatabaseFailure.IsOutage(failure))
            {
                sessions.Heed(failure);
                if (clock.GetElapsedTime(started) + delay >= Limit)
                {
                    throw;
                }

                LogUnavailable(failure, delay.TotalSeconds);
                await Task.Delay(delay, clock, cancellationToken);
            }
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    [LoggerMessage(1, LogLevel.Warning, "webhook database is unavailable; the work is tried again in {Seconds} s")]
    private partial void LogUnavailable(Exception failure, double seconds);
}
