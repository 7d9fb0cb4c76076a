using System.Collections.Frozen;
using Npgsql;
using Webhooks.Core.Events;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Organizations;

/// <summary>
/// The limits of what organizations publish: so many events a second, and a burst. They are counted in the database, so they hold over all
/// servers. Which organizations have one is known for half a second, so those that have none cost nothing.
/// </summary>
public sealed class PublishLimits(NpgsqlDataSource database, TimeProvider clock)
{
    private static readonly TimeSpan _freshness = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private volatile Known _known = new(FrozenDictionary<Guid, PublishRate>.Empty, ReadAt: null);
    private Task? _reading;

    /// <summary>The limit that an organization had when they were last read; null when it had none.</summary>
    public PublishRate? Find(Guid orgId) => _known.Rates.GetValueOrDefault(orgId);

    /// <summary>Makes what is known no older than half a second.</summary>
    public ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        if (IsFresh)
        {
            return ValueTask.CompletedTask;
        }

        lock (_gate)
        {
            if (IsFresh)
            {
                return ValueTask.CompletedTask;
            }

            // For all who ask meanwhile: none of them ends it by going away.
            _reading = _reading is { IsCompleted: false } under ? under : Task.Run(ReadAsync, CancellationToken.None);
            return new ValueTask(_reading.WaitAsync(cancellationToken));
        }
    }

    /// <summary>Counts events that are to be published, if the limits of their organizations allow all of them.</summary>
    /// <returns>Null when none of the organizations has a limit.</returns>
    public async ValueTask<PublishAllowance?> TakeAsync(IReadOnlyList<EventMessage> messages, CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        var known = _known.Rates;
        if (known.Count == 0)
        {
            return null;
        }

        var wanted = messages.Select(message => message.OrgId).Where(known.ContainsKey).CountBy(orgId => orgId).ToArray();
        return wanted.Length == 0 ? null : await ConflictRetry.RunAsync(cancel => TakeAsync(wanted, cancel), cancellationToken);
    }

    private bool IsFresh => _known.ReadAt is { } readAt && clock.GetElapsedTime(readAt) < _freshness;

    private async Task ReadAsync()
    {
        var readAt = clock.GetTimestamp();
        await using var command = database.CreateCommand("SELECT org_id, per_second, burst FROM publish_limits");
        await using var reader = await command.ExecuteReaderAsync();
        var rates = new Dictionary<Guid, PublishRate>();
        while (await reader.ReadAsync())
        {
            rates.Add(reader.GetGuid(0), new PublishRate(reader.GetDouble(1), reader.GetInt32(2)));
        }

        _known = new Known(rates.ToFrozenDictionary(), readAt);
    }

    private async Task<PublishAllowance?> TakeAsync(KeyValuePair<Guid, int>[] wanted, CancellationToken cancellationToken)
    {
        // An event moves the time at which the bucket is full by its share of a second, rounded up to what PostgreSQL's times can tell:
        // there is never more than the limit. A time that is further ahead than a whole burst is that of another limit, or of a clock that
        // was wrong: it is brought back, also by who is refused.
        const string Sql = """
            WITH locked AS MATERIALIZED (
                SELECT publish_limits.org_id, per_second, burst, events, free_at
                FROM publish_limits JOIN unnest(@org_ids, @events) AS wanted (org_id, events) ON wanted.org_id = publish_limits.org_id
                ORDER BY publish_limits.org_id
                FOR NO KEY UPDATE OF publish_limits
            ), clock AS MATERIALIZED (
                SELECT clock_timestamp() AS at, count(*) FROM locked
            ), judged AS MATERIALIZED (
                SELECT org_id, per_second, burst, events, at, whole,
                       greatest(at, least(free_at, at + whole)) + make_interval(secs => ceil(events * 1e6 / per_second) / 1e6) AS full_at,
                       greatest(at, least(free_at, at + whole)) AS unchanged
                FROM locked CROSS JOIN clock
                CROSS JOIN LATERAL (SELECT make_interval(secs => ceil(burst * 1e6 / per_second) / 1e6) AS whole) AS bucket
            ), decided AS MATERIALIZED (
                SELECT bool_and(full_at <= at + whole) AS granted FROM judged
            ), taken AS (
                UPDATE publish_limits SET free_at = CASE WHEN granted THEN judged.full_at ELSE judged.unchanged END
                FROM judged, decided
                WHERE publish_limits.org_id = judged.org_id AND (granted OR publish_limits.free_at > judged.unchanged)
            )
            SELECT org_id, per_second, burst, events, granted, greatest(full_at - at - whole, interval '0') AS wait,
                   greatest(floor(extract(epoch FROM at + whole - stands_at) * per_second + 1e-3), 0)::int AS remaining,
                   stands_at - at AS reset
            FROM judged CROSS JOIN decided
            CROSS JOIN LATERAL (SELECT CASE WHEN granted THEN full_at ELSE unchanged END AS stands_at) AS bucket
            ORDER BY events > burst DESC, wait DESC, remaining
            LIMIT 1
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("org_ids", wanted.Select(organization => organization.Key).ToArray());
        command.Parameters.AddWithValue("events", wanted.Select(organization => organization.Value).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);

        // The limit may have been taken away meanwhile.
        return await reader.ReadAsync(cancellationToken)
            ? new PublishAllowance(
                reader.GetGuid(0),
                new PublishRate(reader.GetDouble(1), reader.GetInt32(2)),
                reader.GetInt32(3),
                reader.GetBoolean(4),
                reader.GetTimeSpan(5),
                reader.GetInt32(6),
                reader.GetTimeSpan(7))
            : null;
    }

    /// <param name="Rates">Those that there were.</param>
    /// <param name="ReadAt">When, as a timestamp of the clock; null before the first time.</param>
    private sealed record Known(FrozenDictionary<Guid, PublishRate> Rates, long? ReadAt);
}
