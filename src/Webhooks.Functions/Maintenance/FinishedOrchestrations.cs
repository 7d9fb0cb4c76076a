using System.Globalization;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Webhooks.Core;

namespace Webhooks.Functions.Maintenance;

/// <summary>
/// The purge of orchestrations that finished long ago: they stay in the task hub until somebody does it. Instance ids are delivery ids,
/// which begin with their time, and the task hub's table is ordered by instance id; so asking for prefixes reads only the hours in
/// question, where asking for a time of creation would read the whole table.
/// </summary>
public sealed partial class FinishedOrchestrations(
    MaintenanceOptions options, WebhooksOptions webhooks, TimeProvider clock, ILogger<FinishedOrchestrations> logger)
{
    /// <summary>Of one run, so that it ends well before the next; the next one takes what is left.</summary>
    internal const int MostPerRun = 20_000;

    private const int Parallelism = 16;

    /// <summary>Hexadecimal digits of an id that make a prefix. Six of the time's twelve are 2^24 ms, 4 h 40 min.</summary>
    private const int PrefixDigits = 6;

    private static readonly TimeSpan _prefixSpan = TimeSpan.FromMilliseconds(1 << 24);

    /// <summary>For times of which only few are left, those that slept for long: a digit less, which is 3 days.</summary>
    private const int WidePrefixDigits = PrefixDigits - 1;

    private static readonly TimeSpan _widePrefixSpan = 16 * _prefixSpan;

    /// <summary>How far behind the retention a run looks, so that runs that did not happen are made up for.</summary>
    private static readonly TimeSpan _lookBack = TimeSpan.FromDays(7);

    private static readonly OrchestrationRuntimeStatus[] _finished =
        [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];

    /// <summary>Purges what was finished before the retention, however long it took.</summary>
    public async Task PurgeAsync(DurableTaskClient client, CancellationToken cancellationToken)
    {
        var until = clock.GetUtcNow() - options.OrchestrationRetention;
        var purged = 0;
        foreach (var prefix in Prefixes(until))
        {
            if (purged == MostPerRun)
            {
                break;
            }

            purged += await PurgeAsync(client, prefix, until, MostPerRun - purged, cancellationToken);
        }

        if (purged > 0)
        {
            LogPurged(purged);
        }
    }

    /// <summary>
    /// What the ids of orchestrations begin with that may have finished by then: most take hours at most, and the others as long as a
    /// webhook's own waits, which end before its deliveries are dropped.
    /// </summary>
    private IEnumerable<string> Prefixes(DateTimeOffset until)
    {
        var recent = until - _lookBack;
        for (var time = recent; time <= until; time += _prefixSpan)
        {
            yield return Prefix(time, PrefixDigits);
        }

        // Backwards, so that none is left out between the two.
        for (var time = recent; time > recent - webhooks.DeliveryRetention - _widePrefixSpan; time -= _widePrefixSpan)
        {
            yield return Prefix(time, WidePrefixDigits);
        }
    }

    private static async Task<int> PurgeAsync(
        DurableTaskClient client, string prefix, DateTimeOffset until, int most, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        var finished = client.GetAllInstancesAsync(new OrchestrationQuery(CreatedTo: until, Statuses: _finished, InstanceIdPrefix: prefix));
        await foreach (var instance in finished.WithCancellation(cancellationToken))
        {
            if (instance.LastUpdatedAt > until)
            {
                continue;
            }

            ids.Add(instance.InstanceId);
            if (ids.Count == most)
            {
                break;
            }
        }

        await Parallel.ForEachAsync(
            ids,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (id, cancel) => await client.PurgeInstanceAsync(id, options: null, cancel));
        return ids.Count;
    }

    /// <summary>What the ids of a time begin with. The hyphen after the eighth digit is not reached.</summary>
    private static string Prefix(DateTimeOffset time, int digits) =>
        time.ToUnixTimeMilliseconds().ToString("x12", CultureInfo.InvariantCulture)[..digits];

    [LoggerMessage(1, LogLevel.Information, "webhook maintenance purged {Count} finished orchestrations")]
    private partial void LogPurged(int count);
}
