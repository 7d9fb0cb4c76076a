using System.Text.Json;
using Webhooks.Load.Protocol;

namespace Peers;

/// <summary>The same POST without a queue and without durability: what a sender in .NET could do at most.</summary>
internal static class HttpClientCeiling
{
    public static async Task<Dictionary<string, Command>> OpenAsync(MemberConfig config)
    {
        var sender = new Sender(config.Concurrency);
        await sender.WarmUpAsync(config.WarmUpUrl!, config.Concurrency);
        return new Dictionary<string, Command>
        {
            ["send"] = async options =>
                await SendAsync(sender, config.Concurrency, options.Deserialize<SendPlan>(JsonSerializerOptions.Web)!),
            ["pace"] = async options => await PaceAsync(sender, options.Deserialize<PacePlan>(JsonSerializerOptions.Web)!),
        };
    }

    private static async Task<TimeSpent> SendAsync(Sender sender, int lanes, SendPlan plan)
    {
        var next = -1;
        var startedAt = Clock.Now;
        await Task.WhenAll(Enumerable.Range(0, lanes).Select(_ => Task.Run(SendAllAsync)));
        return new TimeSpent(startedAt, Clock.Now);

        async Task SendAllAsync()
        {
            for (var index = Interlocked.Increment(ref next); index < plan.Deliveries; index = Interlocked.Increment(ref next))
            {
                await sender.PostAsync(plan.Urls[index % plan.Urls.Length], Sender.BodyOf(index));
            }
        }
    }

    private static Task<TimeSpent> PaceAsync(Sender sender, PacePlan plan) =>
        Pacing.RunAsync(
            plan.PerSecond,
            plan.Seconds,
            index => sender.PostAsync(plan.Urls[index % plan.Urls.Length], Sender.BodyOf(index), Clock.Now));
}
