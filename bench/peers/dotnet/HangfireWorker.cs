using Hangfire;
using Hangfire.Server;
using Webhooks.Load.Protocol;

namespace Peers;

/// <summary>
/// A worker that makes deliveries with Hangfire, where a job that has succeeded keeps its method's return value in its history.
/// </summary>
public static class HangfireWorker
{
    // Hangfire calls a static method, so what that needs is static too.
    private static Sender _sender = null!;
    private static BackgroundJobServer? _server;
    private static string _stallOrigin = "";
    private static long _answered;
    private static long _healthyAnswered;
    private static long _lastHealthyAt;
    private static long _failed;

    /// <summary>Makes a delivery: the job that Hangfire runs.</summary>
    /// <returns>The answer's status and the attempt's number, for the record.</returns>
    public static async Task<string> DeliverAsync(string url, string body, long enqueuedAt, PerformContext context)
    {
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(context);
        var status = await PostAsync(url, body, enqueuedAt);
        Interlocked.Increment(ref _answered);
        if (!url.StartsWith(_stallOrigin, StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _healthyAnswered);
            Volatile.Write(ref _lastHealthyAt, Clock.Now);
        }

        var attempt = context.GetJobParameter<int>("RetryCount", allowStale: true) + 1;
        return $"{status}/{attempt}";
    }

    internal static async Task<Dictionary<string, Command>> OpenAsync(MemberConfig config)
    {
        const int OwnConnections = 20;
        HangfireStorage.Use(config.ConnectionString!, config.Concurrency + OwnConnections);
        _sender = new Sender(config.Concurrency);
        _stallOrigin = config.StallOrigin!;
        await _sender.WarmUpAsync(config.WarmUpUrl!, config.Concurrency);
        _ = ReportProgressAsync();
        return new Dictionary<string, Command>
        {
            ["start"] = _ =>
            {
                _server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = config.Concurrency });
                return Task.FromResult<object>(true);
            },
        };
    }

    private static async Task<int> PostAsync(string url, string body, long enqueuedAt)
    {
        try
        {
            return await _sender.PostAsync(url, body, enqueuedAt);
        }
        catch (Exception failure)
        {
            if (Interlocked.Increment(ref _failed) == 1)
            {
                await Console.Error.WriteLineAsync($"hangfire: first failed delivery: {failure}");
            }

            throw;
        }
    }

    private static async Task ReportProgressAsync()
    {
        const int IntervalMs = 20;
        for (long reported = 0; ; await Task.Delay(IntervalMs))
        {
            var finished = Volatile.Read(ref _answered) + Volatile.Read(ref _failed);
            if (finished == reported)
            {
                continue;
            }

            reported = finished;
            CommandLoop.Say("progress", new
            {
                answered = Volatile.Read(ref _answered),
                healthyAnswered = Volatile.Read(ref _healthyAnswered),
                lastHealthyAt = Volatile.Read(ref _lastHealthyAt),
                failed = Volatile.Read(ref _failed),
            });
        }
    }
}
