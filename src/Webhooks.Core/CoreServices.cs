using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Webhooks.Core.Alerts;
using Webhooks.Core.ApiKeys;
using Webhooks.Core.Audit;
using Webhooks.Core.Backlog;
using Webhooks.Core.Cancellation;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;
using Webhooks.Core.Filters;
using Webhooks.Core.Health;
using Webhooks.Core.History;
using Webhooks.Core.Idempotency;
using Webhooks.Core.Inbox;
using Webhooks.Core.Organizations;
using Webhooks.Core.PortalSessions;
using Webhooks.Core.Postgres;
using Webhooks.Core.Pull;
using Webhooks.Core.Recoveries;
using Webhooks.Core.Redaction;
using Webhooks.Core.Redelivery;
using Webhooks.Core.Secrets;
using Webhooks.Core.Sending;
using Webhooks.Core.Signals;
using Webhooks.Core.Statistics;
using Webhooks.Core.Telemetry;
using Webhooks.Core.Transforms;
using Webhooks.Core.Webhooks;

namespace Webhooks.Core;

/// <summary>The registration of Core's services. The host adds an <c>NpgsqlDataSource</c> and an <see cref="IKeyRing"/>.</summary>
public static class CoreServices
{
    /// <summary>Adds everything of Core, with settings that have been read already.</summary>
    public static IServiceCollection AddWebhooksCore(this IServiceCollection services, WebhooksOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IDeliveryDispatch, ClaimedByEngine>();
        services.TryAddSingleton<IDeliveryIntake, NoIntake>();
        return services
            .AddSingleton(options)
            .AddSingleton<WebhooksMetrics>()
            .AddSingleton<WebhooksTracing>()
            .AddSingleton<PendingCount>()
            .AddSingleton<KnownEventTypes>()
            .AddSingleton<EventTypeStore>()
            .AddSingleton<EventMessageReader>()
            .AddSingleton<EventInsertion>()
            .AddSingleton<PartwiseInsertion>()
            .AddSingleton<EventPublisher>()
            .AddSingleton<EventInbox>()
            .AddSingleton<InboxPublisher>()
            .AddSingleton<KeyedRequests>()
            .AddSingleton<ApiKeyStore>()
            .AddSingleton<KnownKeys>()
            .AddSingleton<KeyUses>()
            .AddSingleton<PortalSessionStore>()
            .AddSingleton<KnownSessions>()
            .AddSingleton<WebhookStore>()
            .AddSingleton<WebhookRotations>()
            .AddSingleton<ChangedWebhooks>()
            .AddSingleton<DeliveryStore>()
            .AddSingleton<HealthSignals>()
            .AddSingleton<WebhookProbes>()
            .AddSingleton<WebhookPauses>()
            .AddSingleton<DeliveryAnnouncement>()
            .AddSingleton<PendingDeliveries>()
            .AddSingleton<BacklogSurvey>()
            .AddSingleton<HeldBacklog>()
            .AddSingleton<DeliveryHistory>()
            .AddSingleton<SentRequests.SentRequests>()
            .AddSingleton<PendingBacklog>()
            .AddSingleton<DeliveryArrivals>()
            .AddSingleton<OrganizationHistory>()
            .AddSingleton<Explanations>()
            .AddSingleton<AuditLog>()
            .AddSingleton<OrganizationStore>()
            .AddSingleton<PublishLimits>()
            .AddSingleton<OrganizationErasures>()
            .AddSingleton<FilterTrials>()
            .AddSingleton<DeliveryAttempter>()
            .AddSingleton<DeliveryTransforms>()
            .AddSingleton<TransformRunner>()
            .AddSingleton<Redeliveries>()
            .AddSingleton<Cancellations>()
            .AddSingleton<Redactions>()
            .AddSingleton<ExpiredPayloads>()
            .AddSingleton<RecoverableDeliveries>()
            .AddSingleton<RecoveryStore>()
            .AddSingleton<RecoveryProgress>()
            .AddSingleton<RecoveryRunner>()
            .AddSingleton<TestDelivery>()
            .AddSingleton<RunningTests>()
            .AddSingleton<PullStore>()
            .AddSingleton<PullArrivals>()
            .AddSingleton<UnpulledBacklog>()
            .AddSingleton<DeliveryPulls>()
            .AddSingleton<PullMaintenance>()
            .AddSingleton<RunningPulls>()
            .AddSingleton<WebhookSender>()
            .AddSingleton<WebhookSigners>()
            .AddSingleton<OwnHeaders>()
            .AddSingleton<SecretProtector>()
            .AddSingleton<SecretReencryption>()
            .AddSingleton<SignalPublisher>()
            .AddSingleton<DeliveryStatistics>()
            .AddSingleton<StatisticsFolding>()
            .AddSingleton<FailureRateAlerts>()
            .AddSingleton<PartitionMaintenance>()
            .AddSingleton<Migrator>()
            .AddSingleton<DatabaseSessions>()
            .AddSingleton<DatabaseReadiness>();
    }
}
