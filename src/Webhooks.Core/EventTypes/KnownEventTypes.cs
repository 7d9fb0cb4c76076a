using Npgsql;

namespace Webhooks.Core.EventTypes;

/// <summary>
/// The copy of the event types that a process has, so that publishing costs no question. It is read again while it is in use, and only if
/// the catalog has changed: what was changed anywhere is known a second later, or after the first request of a process that did nothing.
/// </summary>
public sealed class KnownEventTypes(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>How old the copy may be before it is not used.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromSeconds(1);

    /// <summary>From when on it is read again, while it is used meanwhile.</summary>
    private static readonly TimeSpan _freshness = Validity / 2;

    private readonly Lock _gate = new();
    private volatile Copy _copy = new(EventCatalog.BuiltIn, Version: 0, ReadAt: null);
    private Task? _reading;

    /// <summary>The event types as this process knows them.</summary>
    public EventCatalog Current => _copy.Catalog;

    /// <summary>Whether the copy is no older than <see cref="Validity"/>.</summary>
    public bool IsValid => IsYoungerThan(Validity);

    /// <summary>Makes the copy no older than <see cref="Validity"/>, which mostly needs no wait.</summary>
    public ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        if (IsYoungerThan(_freshness))
        {
            return ValueTask.CompletedTask;
        }

        var reading = BeginReading(again: false);
        return IsValid ? ValueTask.CompletedTask : new ValueTask(reading.WaitAsync(cancellationToken));
    }

    /// <summary>Reads the copy again: this process has changed a type.</summary>
    public Task ReadAgainAsync(CancellationToken cancellationToken) => BeginReading(again: true).WaitAsync(cancellationToken);

    private bool IsYoungerThan(TimeSpan age) => _copy.ReadAt is { } readAt && clock.GetElapsedTime(readAt) < age;

    /// <summary>A reading for all who ask meanwhile: none of them ends it by going away.</summary>
    /// <param name="again">Whether one that is under way is not enough, because it may have begun too early.</param>
    private Task BeginReading(bool again)
    {
        lock (_gate)
        {
            if (_reading is not { IsCompleted: false } before)
            {
                return _reading = Task.Run(ReadAsync, CancellationToken.None);
            }

            return again ? _reading = ReadAfterAsync(before) : before;
        }
    }

    private async Task ReadAfterAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        const string Sql = """
            SELECT version, types.*
            FROM event_catalog LEFT JOIN event_types AS types ON version <> $1
            ORDER BY place
            """;
        var known = _copy;
        var readAt = clock.GetTimestamp();
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter { Value = known.Version });
        await using var reader = await command.ExecuteReaderAsync();
        var version = known.Version;
        var types = new List<EventType>();
        while (await reader.ReadAsync())
        {
            version = reader.GetInt64(0);
            if (version != known.Version)
            {
                types.Add(EventTypeRow.Read(reader));
            }
        }

        _copy = new Copy(version == known.Version ? known.Catalog : new EventCatalog(types, known.Catalog), version, readAt);
    }

    /// <param name="Catalog">The event types.</param>
    /// <param name="Version">The catalog's version; 0 before the first reading, which no catalog has.</param>
    /// <param name="ReadAt">When, as a timestamp of the clock; null before the first reading.</param>
    private sealed record Copy(EventCatalog Catalog, long Version, long? ReadAt);
}
