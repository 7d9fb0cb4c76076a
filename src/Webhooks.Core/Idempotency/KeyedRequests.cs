using Npgsql;
using Webhooks.Core.Organizations;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Idempotency;

/// <summary>
/// The requests that make something once, however often they are sent under one key. Of an answer, only the id of what was made is kept: a
/// repeat is answered with that as it is now, so nothing is stored that an answer alone may show.
/// </summary>
public sealed class KeyedRequests(NpgsqlDataSource database)
{
    /// <summary>
    /// Makes what a request asks for. With a key, it is made in the transaction that stores the key: of several requests at once, one makes
    /// it and the others wait for that. Without one, no transaction is begun.
    /// </summary>
    /// <param name="id">The id of what is to be made.</param>
    /// <param name="make">Makes it on the connection that it is given. It may be run again, after what it did was undone.</param>
    /// <param name="isMade">Whether it was made; if not, the key is not taken.</param>
    /// <exception cref="ErasedOrganizationException">The organization is erased.</exception>
    public Task<KeyedOutcome<T>> MakeAsync<T>(
        Guid orgId,
        RequestKey? key,
        Guid id,
        Func<NpgsqlConnection, CancellationToken, Task<T>> make,
        Predicate<T> isMade,
        CancellationToken cancellationToken)
    {
        return ErasedOrganizationException.TranslateAsync(() => ConflictRetry.RunAsync(MakeAsync, cancellationToken));

        async Task<KeyedOutcome<T>> MakeAsync(CancellationToken cancel)
        {
            await using var connection = await database.OpenConnectionAsync(cancel);
            if (key is null)
            {
                return new KeyedOutcome<T>.First(await make(connection, cancel));
            }

            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var (known, isSame) = await TakeAsync(connection, orgId, key, id, cancel);
            if (known != id)
            {
                return isSame ? new KeyedOutcome<T>.Repeat(known) : new KeyedOutcome<T>.KeyReused();
            }

            var outcome = await make(connection, cancel);
            if (isMade(outcome))
            {
                await transaction.CommitAsync(cancel);
            }

            return new KeyedOutcome<T>.First(outcome);
        }
    }

    /// <summary>Takes a key, unless it is known; waits for a transaction that is about to take it.</summary>
    /// <returns>The id that the key stands for, and whether the request is the one that it names.</returns>
    private static async Task<(Guid Known, bool IsSame)> TakeAsync(
        NpgsqlConnection connection, Guid orgId, RequestKey key, Guid id, CancellationToken cancellationToken)
    {
        const string Forget = "DELETE FROM request_keys WHERE org_id = @org_id AND key = @key AND created_at <= now() - @lifetime";
        // A key that is known is written again as it is: only so is its row seen when another transaction has just committed it.
        const string Take = """
            INSERT INTO request_keys AS known (org_id, key, fingerprint, made) VALUES (@org_id, @key, @fingerprint, @id)
            ON CONFLICT (org_id, key) DO UPDATE SET made = known.made
            RETURNING made, fingerprint = @fingerprint
            """;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new(Forget)
        {
            Parameters = { new("org_id", orgId), new("key", key.Name), new("lifetime", RequestKey.Lifetime) },
        });
        batch.BatchCommands.Add(new(Take)
        {
            Parameters = { new("org_id", orgId), new("key", key.Name), new("fingerprint", key.Fingerprint), new("id", id) },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetGuid(0), reader.GetBoolean(1));
    }
}
