// A process of a peer in .NET, or of a limit of the machine. Takes commands as peers/node/member.mjs does.

using System.Text.Json;
using Peers;
using Webhooks.Load.Protocol;

var config = JsonSerializer.Deserialize<MemberConfig>(args[0], JsonSerializerOptions.Web)!;
await CommandLoop.RunAsync((config.Library, config.Role) switch
{
    ("hangfire", "producer") => HangfireProducer.Open(config),
    ("hangfire", "worker") => await HangfireWorker.OpenAsync(config),
    ("http-client", _) => await HttpClientCeiling.OpenAsync(config),
    ("npgsql", _) => PostgresBatches.Open(config),
    _ => throw new ArgumentException($"There is no member {config.Library} {config.Role}."),
});

// What Hangfire has under way does not matter any more.
Environment.Exit(0);
