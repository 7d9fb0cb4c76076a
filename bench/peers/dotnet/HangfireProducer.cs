using System.Text.Json;
using Hangfire;
using Webhooks.Load.Protocol;

namespace Peers;

/// <summary>A producer that enqueues deliveries with Hangfire, which has no call for several at once.</summary>
internal static class HangfireProducer
{
    private const int Connections = 32;

    public static Dictionary<string, Command> Open(MemberConfig config)
    {
        HangfireStorage.Use(config.ConnectionString!, Connections);
        var jobs = new BackgroundJobClient();
        return new Dictionary<string, Command>
        {
            ["enqueue"] = async options => await EnqueueAsync(jobs, options.Deserialize<EnqueuePlan>(JsonSerializerOptions.Web)!),
            ["pace"] = async options => await PaceAsync(jobs, options.Deserialize<PacePlan>(JsonSerializerOptions.Web)!),
        };
    }

    private static async Task<TimeSpent> EnqueueAsync(BackgroundJobClient jobs, EnqueuePlan plan)
    {
        var next = -1;
        var startedAt = Clock.Now;
        await Task.WhenAll(Enumerable.Range(0, plan.Lanes).Select(_ => Task.Factory.StartNew(
            EnqueueAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        return new TimeSpent(startedAt, Clock.Now);

        void EnqueueAll()
        {
            for (var sequence = Interlocked.Increment(ref next); sequence < plan.Events; sequence = Interlocked.Increment(ref next))
            {
                var body = Sender.BodyOf(sequence);
                for (var subscriber = 0; subscriber < plan.FanOut; subscriber++)
                {
                    var url = plan.Urls[((sequence * plan.FanOut) + subscriber) % plan.Urls.Length];
                    jobs.Enqueue(() => HangfireWorker.DeliverAsync(url, body, 0, null!));
                }
            }
        }
    }

    private static Task<TimeSpent> PaceAsync(BackgroundJobClient jobs, PacePlan plan) =>
        Pacing.RunAsync(plan.PerSecond, plan.Seconds, sequence =>
        {
            var enqueuedAt = Clock.Now;
            return Task.Run(() => jobs.Enqueue(
                () => HangfireWorker.DeliverAsync(plan.Urls[sequence % plan.Urls.Length], Sender.BodyOf(sequence), enqueuedAt, null!)));
        });
}
