using Npgsql;
using Webhooks.Core.Cancellation;

namespace Webhooks.Core.Pull;

/// <summary>
/// What nobody else does about deliveries that are pulled: an attempt that was not answered is recorded of those whose lease has ended,
/// those are canceled that wait for a webhook which is not active any more, and those are made due that were left as the mode of their
/// webhook changed. Any number of processes may do it.
/// </summary>
public sealed class PullMaintenance(NpgsqlDataSource database, PullStore leases, DeliveryPulls pulls, UnpulledBacklog unpulled)
{
    private const int LeasesAtOnce = 500;

    /// <summary>Does what there is to do.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await pulls.RecordEndedAsync(LeasesAtOnce, cancellationToken) == LeasesAtOnce)
        {
        }

        foreach (var (orgId, webhookId) in await leases.FindStoppedAsync(cancellationToken))
        {
            await StoppedBacklog.CancelDueAsync(database, orgId, webhookId, cancellationToken);
        }

        await unpulled.ReleaseLeftAsync(cancellationToken);
    }
}
