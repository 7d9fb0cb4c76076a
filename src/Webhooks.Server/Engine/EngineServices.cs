using Webhooks.Core.Deliveries;

namespace Webhooks.Server.Engine;

/// <summary>
/// The registration of the delivery engine. It needs Core's services and an <c>NpgsqlDataSource</c> over a migrated database.
/// </summary>
public static class EngineServices
{
    /// <summary>Adds the engine with the settings of <c>Webhooks__Engine__…</c>.</summary>
    /// <exception cref="Webhooks.Core.InvalidSettingException">A setting has no usable value.</exception>
    public static IServiceCollection AddDeliveryEngine(this IServiceCollection services, IConfiguration configuration) =>
        services.AddDeliveryEngine(EngineOptions.From(configuration));

    /// <summary>Adds the engine and the maintenance of its tables; both start and stop with the host.</summary>
    public static IServiceCollection AddDeliveryEngine(this IServiceCollection services, EngineOptions options) => services
        .AddSingleton(options)
        .AddSingleton<DueSignal>()
        .AddKeyedSingleton<DueSignal>(InboxService.Signal)
        .AddSingleton<WebhookLanes>()
        .AddSingleton<AttemptSlots>()
        .AddSingleton<ResultRecorder>()
        .AddSingleton<ClaimRelease>()
        .AddSingleton<IDeliveryIntake, DeliveryIntake>()
        .AddSingleton<CrowdedBacklog>()
        .AddSingleton<DeliveryClaimer>()
        .AddSingleton<DeliveryNotifications>()
        .AddSingleton<DatabaseAvailability>()
        .AddHostedService<DeliveryEngine>()
        .AddHostedService<PauseWatch>()
        .AddHostedService<LaneRenewal>()
        .AddHostedService<InboxService>()
        .AddHostedService<RecoveryService>()
        .AddHostedService<SignalService>()
        .AddHostedService<StatisticsService>()
        .AddHostedService<AlertService>()
        .AddHostedService<ErasureService>()
        .AddHostedService<PullService>()
        .AddHostedService<MaintenanceService>()
        .Configure<HostOptions>(host => host.ShutdownTimeout = Longest(host.ShutdownTimeout, DeliveryEngine.StopsWithin(options)));

    private static TimeSpan Longest(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
