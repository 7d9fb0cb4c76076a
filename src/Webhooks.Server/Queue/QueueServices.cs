using Webhooks.Core;

namespace Webhooks.Server.Queue;

/// <summary>
/// The registration of the listener that publishes what it finds on the storage queue. It needs Core's services and an
/// <c>NpgsqlDataSource</c> over a migrated database.
/// </summary>
public static class QueueServices
{
    /// <summary>The connection string's configuration path (environment: <c>ConnectionStrings__Queues</c>).</summary>
    public const string Setting = "ConnectionStrings:Queues";

    /// <summary>Adds the listener; it starts and stops with the host.</summary>
    /// <param name="connectionString">The storage account's connection string.</param>
    /// <exception cref="InvalidSettingException">It is none.</exception>
    public static IServiceCollection AddQueueListener(this IServiceCollection services, string connectionString) =>
        services.AddQueueListener(new QueueListenerOptions(connectionString));

    /// <summary>Adds the listener; it starts and stops with the host.</summary>
    /// <exception cref="InvalidSettingException">The connection string is none.</exception>
    internal static IServiceCollection AddQueueListener(this IServiceCollection services, QueueListenerOptions options) => services
        .AddSingleton(options)
        .AddSingleton(Connect(options))
        .AddSingleton<PublishPace>()
        .AddSingleton<BatchPublisher>()
        .AddHostedService<QueueListener>()
        .AddHostedService<QueueDepthService>();

    private static EventQueue Connect(QueueListenerOptions options)
    {
        try
        {
            return new EventQueue(options);
        }
        catch (Exception invalid) when (invalid is FormatException or ArgumentException)
        {
            // Neither the text nor the library's message: a connection string holds the account's key.
            throw new InvalidSettingException(
                Setting,
                "It is not the connection string of a storage account. "
                + "Copy it from the account's access keys, or use UseDevelopmentStorage=true for Azurite at its default ports.");
        }
    }
}
