using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Webhooks.Core.ApiKeys;

namespace Webhooks.Api.ApiKeys;

/// <summary>The chore that stores when API keys were last used, once a minute and when the host stops.</summary>
internal sealed partial class KeyUseService(KeyUses uses, TimeProvider clock, ILogger<KeyUseService> logger) : BackgroundService
{
    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(1);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryStoreAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryStoreAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // That is how it ends.
        }
    }

    private async Task TryStoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            await uses.StoreAsync(cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // Others say that the database is away.
            LogFailed(failure);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "webhook API keys: when they were last used could not be stored; it is tried again in a minute")]
    private partial void LogFailed(Exception failure);
}
