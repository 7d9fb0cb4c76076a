using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Webhooks.Api;
using Webhooks.Core;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Postgres;
using Webhooks.Core.Secrets;
using Webhooks.Functions.Deliveries;
using Webhooks.Functions.Http;
using Webhooks.Functions.Maintenance;
using Webhooks.Functions.Recoveries;

namespace Webhooks.Functions;

/// <summary>The registration of the app's services.</summary>
internal static class FunctionsServices
{
    /// <summary>Adds Core, the HTTP API and what the functions need. Settings are read at once.</summary>
    /// <exception cref="InvalidSettingException">A setting is missing or has no usable value; the message names it.</exception>
    public static IServiceCollection AddWebhooksFunctions(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(DatabaseConnection.Configure(configuration))
        .AddWebhooksKeyRing(configuration)
        .AddSingleton<IDeliveryDispatch, QueueDispatch>()
        .AddWebhooksCore(WebhooksOptions.From(configuration))
        .AddKeyedSingleton(QueueNames.Deliveries, StorageConnection.Queue(configuration, QueueNames.Deliveries))
        .AddKeyedSingleton(QueueNames.Events, StorageConnection.Queue(configuration, QueueNames.Events))
        .AddSingleton<LaterEvents>()
        .AddSingleton<DatabasePatience>()
        .AddSingleton<DeliveryStarter>()
        .AddSingleton<RecoveryStarter>()
        .AddSingleton(MaintenanceOptions.From(configuration))
        .AddSingleton<StrandedDeliveries>()
        .AddSingleton<StrandedRecoveries>()
        .AddSingleton<FinishedOrchestrations>()
        .AddWebhooksApiChores()
        .AddApiPipeline(configuration);
}
