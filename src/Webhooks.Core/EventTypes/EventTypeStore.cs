using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Audit;
using Webhooks.Core.Events;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.EventTypes;

/// <summary>The event types as the database has them, for those who read and change them one by one.</summary>
public sealed class EventTypeStore(NpgsqlDataSource database, KnownEventTypes known)
{
    /// <summary>What whoever changes types does first: the trigger on their table locks this row too, but after theirs.</summary>
    private const string LockSql = "SELECT FROM event_catalog FOR NO KEY UPDATE";

    /// <summary>All event types, in the order in which they are shown.</summary>
    public async Task<IReadOnlyList<EventType>> ListAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await ReadAsync(new NpgsqlCommand("SELECT * FROM event_types ORDER BY place", connection), cancellationToken);
    }

    /// <summary>The event type of that exact name; null when there is none.</summary>
    public async Task<EventType?> FindAsync(string name, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await FindAsync(connection, name, cancellationToken);
    }

    /// <summary>Makes an event type.</summary>
    /// <param name="wanted">The type.</param>
    /// <param name="errors">Gets what is wrong with it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there are errors, or when there is one of that name.</returns>
    public Task<EventType?> CreateAsync(NewEventType wanted, FieldErrors errors, CancellationToken cancellationToken) =>
        ChangeAsync(
            types => types.ContainsKey(wanted.Name) ? (null, []) : (wanted.Name, [(wanted.Make(), wanted.Path)]),
            errors,
            cancellationToken);

    /// <summary>Changes an event type.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="changes">What to change.</param>
    /// <param name="errors">Gets what is wrong with what it would become.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there are errors, or when there is none of that name.</returns>
    public Task<EventType?> UpdateAsync(string name, EventTypeChanges changes, FieldErrors errors, CancellationToken cancellationToken) =>
        ChangeAsync(
            types => types.TryGetValue(name, out var type) ? (name, [(changes.ApplyTo(type), "")]) : (null, []), errors, cancellationToken);

    /// <summary>
    /// Makes all event types of a document, and changes those that there are: all of them, or none when there are errors.
    /// </summary>
    /// <param name="wanted">The types, each name once.</param>
    /// <param name="errors">Gets what is wrong with any.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ImportedEventTypes> ImportAsync(
        IReadOnlyList<NewEventType> wanted, FieldErrors errors, CancellationToken cancellationToken)
    {
        var (created, updated, unchanged) = (new List<string>(), new List<string>(), new List<string>());
        await ChangeAsync(
            types =>
            {
                var changed = new List<(EventType, string)>();
                foreach (var item in wanted)
                {
                    var before = types.GetValueOrDefault(item.Name);
                    var becomes = before is null ? item.Make() : item.Changes.ApplyTo(before);
                    (before is null ? created : before == becomes ? unchanged : updated).Add(item.Name);
                    if (before != becomes)
                    {
                        changed.Add((becomes, item.Path));
                    }
                }

                return (null, changed);
            },
            errors,
            cancellationToken);
        return new ImportedEventTypes(created, updated, unchanged);
    }

    /// <summary>Deletes an event type that is not built in and that no webhook lists.</summary>
    public async Task<EventTypeDeletion> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        const string Sql = """
            WITH type AS (
                SELECT built_in, EXISTS (SELECT FROM webhooks WHERE events && ARRAY[@name] AND deleted_at IS NULL) AS listed
                FROM event_types WHERE name = @name
            ), deleted AS (
                DELETE FROM event_types USING type WHERE event_types.name = @name AND NOT type.built_in AND NOT listed
            )
            SELECT built_in, listed FROM type
            """;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(LockSql));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Sql) { Parameters = { new("name", name) } });
        var outcome = EventTypeDeletion.NotFound;
        await using (var reader = await batch.ExecuteAuditedAsync(cancellationToken))
        {
            await reader.NextResultAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken))
            {
                outcome = reader.GetBoolean(0) ? EventTypeDeletion.BuiltIn
                    : reader.GetBoolean(1) ? EventTypeDeletion.Listed
                    : EventTypeDeletion.Deleted;
            }
        }

        await known.ReadAgainAsync(cancellationToken);
        return outcome;
    }

    /// <summary>Changes types while nobody else does.</summary>
    /// <param name="decide">
    /// Says, of all types by name, which become what, each with the path that its errors begin with, and which of them is asked for.
    /// </param>
    private async Task<EventType?> ChangeAsync(
        Func<IReadOnlyDictionary<string, EventType>, (string? Asked, IReadOnlyList<(EventType Type, string Path)> Changed)> decide,
        FieldErrors errors,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var locking = new NpgsqlCommand(LockSql, connection))
        {
            await locking.ExecuteNonQueryAsync(cancellationToken);
        }

        var types = (await ReadAsync(new NpgsqlCommand("SELECT * FROM event_types ORDER BY place", connection), cancellationToken))
            .ToDictionary(type => type.Name, StringComparer.Ordinal);
        var (asked, changed) = decide(types);
        foreach (var (type, path) in changed)
        {
            EventTypeRules.Check(type, path, errors);
        }

        if (types.Keys.Union(changed.Select(item => item.Type.Name)).Count() > EventTypeRules.MostTypes)
        {
            errors.Add("", $"There may be {EventTypeRules.MostTypes} event types. Delete some that are not used.");
        }

        if (errors.Count > 0)
        {
            return null;
        }

        if (changed.Count > 0)
        {
            await StoreAsync(connection, [.. changed.Select(item => item.Type)], cancellationToken);
        }

        var found = asked is null ? null : await FindAsync(connection, asked, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await known.ReadAgainAsync(cancellationToken);
        return found;
    }

    private static async Task<EventType?> FindAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("SELECT * FROM event_types WHERE name = $1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = name });
        return (await ReadAsync(command, cancellationToken)).SingleOrDefault();
    }

    private static async Task StoreAsync(NpgsqlConnection connection, EventType[] types, CancellationToken cancellationToken)
    {
        const string Sql = """
            INSERT INTO event_types (name, category, description, sample, schema, validate, archived)
            SELECT name, category, description, sample::json, schema::json, validate, archived
            FROM unnest(@names, @categories, @descriptions, @samples, @schemas, @validate, @archived) WITH ORDINALITY
                AS type (name, category, description, sample, schema, validate, archived, number)
            ORDER BY number
            ON CONFLICT (name) DO UPDATE SET
                category = excluded.category, description = excluded.description, sample = excluded.sample, schema = excluded.schema,
                validate = excluded.validate, archived = excluded.archived, updated_at = now()
            """;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Sql)
        {
            Parameters =
            {
                new("names", types.Select(type => type.Name).ToArray()),
                new("categories", types.Select(type => type.Category).ToArray()),
                new("descriptions", types.Select(type => type.Description).ToArray()),
                new("samples", types.Select(type => type.Sample).ToArray()),
                new("schemas", NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = types.Select(type => type.Schema).ToArray() },
                new("validate", types.Select(type => type.Validate).ToArray()),
                new("archived", types.Select(type => type.Archived).ToArray()),
            },
        });
        await using var reader = await batch.ExecuteAuditedAsync(cancellationToken);
    }

    private static async Task<IReadOnlyList<EventType>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadRowsAsync(EventTypeRow.Read, cancellationToken);
        }
    }
}
