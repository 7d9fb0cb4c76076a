// The side of the measurements that is not measured: creates webhooks, publishes events, writes backlogs, claims. The harness starts it
// with the settings of the server, in the environment, and the server's URL.

using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Webhooks.Api.Authentication;
using Webhooks.Core;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Events;
using Webhooks.Core.Postgres;
using Webhooks.Core.Secrets;
using Webhooks.Load;
using Webhooks.Load.Backlog;
using Webhooks.Load.Claims;
using Webhooks.Load.Protocol;
using Webhooks.Load.Publishing;

var tokenLifetime = TimeSpan.FromHours(2);
var server = new Uri(args[0]);
var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
var key = DevelopmentKey.LoadOrCreate(configuration["Webhooks:Auth:DevelopmentKeyFile"]!);
var publisher = new Publisher(server, key.CreateToken(orgId: null, [Scopes.PublishEventsForAny], tokenLifetime));
await using var services = new ServiceCollection()
    .AddLogging()
    .AddSingleton(DatabaseConnection.Configure(configuration))
    .AddWebhooksKeyRing(configuration)
    .AddWebhooksCore(WebhooksOptions.From(configuration))
    .BuildServiceProvider();

await CommandLoop.RunAsync(new Dictionary<string, Command>
{
    ["createWebhooks"] = async options => await WebhookCreation.RunAsync(server, key, Read<WebhookPlan>(options)),
    ["publish"] = async options => await publisher.PublishAsync(Read<PublishPlan>(options)),
    ["pace"] = async options => await publisher.PaceAsync(Read<PacePlan>(options)),
    ["createToken"] = options => Task.FromResult<object>(
        key.CreateToken(Read<TokenPlan>(options).Organization, [Scopes.ReadWebhooks, Scopes.WriteWebhooks], tokenLifetime)),
    ["claim"] = async options => await TimedClaim.RunAsync(services.GetRequiredService<DeliveryStore>(), Read<ClaimPlan>(options)),
    ["writeBacklog"] = async options =>
        await BacklogWriter.RunAsync(services.GetRequiredService<EventPublisher>(), Read<BacklogPlan>(options)),
});

static T Read<T>(JsonElement options) => options.Deserialize<T>(JsonSerializerOptions.Web)!;
