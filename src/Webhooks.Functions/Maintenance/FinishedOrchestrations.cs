using System.Globalization;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Webhooks.Functions.Maintenance;

/// <summary>
/// Purges orchestrations that finished long ago: they stay in the task hub until somebody does. Instance ids are delivery ids, which begin
/// with their time, and the task hub's table is ordered by instance id; so asking for prefixes reads only the hours in question, where
/// asking for a time of creation would read the whole table.
/// </summary>
public sealed partial class FinishedOrchestrations(MaintenanceOptions options, TimeProvider clock, ILogger<FinishedOrchestrations> logger)
{
    /// <summary>Of one run, so that it ends well before the next; the next one takes what is left.</summary>
    internal const int MostPerRun = 20_000;

    private const int Parallelism = 16;

    /// <summary>Hexadecimal digits of an id that make a prefix. Six of the time's twelve are 2^24 ms, 4 h 40 min.</summary>
    private const int PrefixDigits = 6;

    private static readonly TimeSpan _prefixSpan = TimeSpan.FromMilliseconds(1 << 24);

    /// <summary>How far behind the retention a run looks, so that runs that did not happen are made up for.</summary>
    private static readonly TimeSpan _lookBack = TimeSpan.FromDays(7);

    private static readonly OrchestrationRuntimeStatus[] _finished =
        [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];

    /// <summary>Purges what was created before the retention and is finished.</summary>
    public async Task PurgeAsync(DurableTaskClient client, CancellationToken cancellationToken)
    {
        var until = clock.GetUtcNow() - options.OrchestrationRetention;
        var purged = 0;
        for (var time = until - _lookBack; time <= until && purged < MostPerRun; time += _prefixSpan)
        {
            purged += await PurgeAsync(client, Prefix(time), until, MostPerRun - purged, cancellationToken);
        }

        if (purged > 0)
        {
            LogPurged(purged);
        }
    }

    private static async Task<int> PurgeAsync(
        DurableTaskClient client, string prefix, DateTimeOffset until, int most, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        var finished = client.GetAllInstancesAsync(new OrchestrationQuery(CreatedTo: until, Statuses: _finished, InstanceIdPrefix: prefix));
        await foreach (var instance in finished.WithCancellation(cancellationToken))
        {
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
    private static string Prefix(DateTimeOffset time) =>
        time.ToUnixTimeMilliseconds().ToString("x12", CultureInfo.InvariantCulture)[..PrefixDigits];

    [LoggerMessage(1, LogLevel.Information, "webhook maintenance purged {Count} finished orchestrations")]
    private partial void LogPurged(int count);
}
