using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Transforms;

/// <summary>
/// The transforms of claimed deliveries, which make what is sent of them. One runs once for a delivery: what it made is stored before the
/// first request goes out, and is what every attempt sends, whoever makes it and whatever becomes of the transform.
/// </summary>
public sealed class DeliveryTransforms(NpgsqlDataSource database, TransformRunner runner, TimeProvider clock) : IDisposable
{
    private const int MostKept = 1024;

    /// <summary>
    /// Hundreds of deliveries may want theirs at the same time. A connection for each would stay in the pool, and the statements of all
    /// deliveries would go round by connections that have yet to plan them.
    /// </summary>
    internal const int StatementsAtOnce = 2;

    private static readonly TimeSpan _lifetime = TimeSpan.FromMinutes(5);

    private readonly RecentlyUsed<Guid, TransformScript> _recent = new(MostKept, _lifetime, clock);
    private readonly SemaphoreSlim _statements = new(StatementsAtOnce);

    /// <summary>
    /// Whether a delivery has yet to be transformed. Attempts that were made without a transform are followed by others like them.
    /// </summary>
    public static bool IsWanted(ClaimedDelivery delivery) =>
        delivery is { TransformId: not null, SentHeaders: null, AttemptsMade: 0 };

    /// <summary>Transforms a delivery and stores what came of it.</summary>
    /// <returns>The delivery as it is to be sent; or what takes the place of an attempt.</returns>
    /// <exception cref="OperationCanceledException">The token was canceled; nothing was stored.</exception>
    /// <exception cref="TransformsBusyException">It did not get its turn; nothing was stored.</exception>
    public async Task<TransformedDelivery> RunAsync(ClaimedDelivery delivery, CancellationToken cancellationToken)
    {
        switch (await TransformAsync(delivery, cancellationToken))
        {
            case null:
                return new TransformedDelivery(delivery);
            case TransformOutcome.Canceled:
                return new TransformedDelivery(delivery, new NextStep.TransformCanceled());
            case TransformOutcome.Failed(var error):
                await StoreAsync(delivery, body: null, headers: null, StorableText.From(error.Text), cancellationToken);
                return new TransformedDelivery(delivery, new NextStep.TransformFailed());
            case TransformOutcome.Changed(var body, var headers):
                var text = JsonSerializer.Serialize(headers);
                return await StoreAsync(delivery, body, text, error: null, cancellationToken)
                    ? new TransformedDelivery(delivery with { Body = Encoding.UTF8.GetBytes(body), SentHeaders = text })
                    // Somebody else has claimed it since, whose result counts: nobody will record this one.
                    : new TransformedDelivery(delivery, new NextStep.RetryAt(clock.GetUtcNow()));
            case var outcome:
                throw new InvalidOperationException($"No step is known for {outcome.GetType().Name}.");
        }
    }

    public void Dispose()
    {
        _recent.Dispose();
        _statements.Dispose();
    }

    /// <returns>Null when the webhook has no transform any more.</returns>
    private async Task<TransformOutcome?> TransformAsync(ClaimedDelivery delivery, CancellationToken cancellationToken)
    {
        var (script, error) = _recent.Find(delivery.TransformId!.Value) is { } known
            ? (known, null)
            : await InTurnAsync(() => LoadAsync(delivery, cancellationToken), cancellationToken);
        if (script is null)
        {
            return error is null ? null : new TransformOutcome.Failed(error);
        }

        var input = new TransformInput(delivery.Event, Encoding.UTF8.GetString(delivery.Body.Span));
        return await runner.RunAsync(delivery.OrgId, script, input, cancellationToken);
    }

    private async Task<T> InTurnAsync<T>(Func<Task<T>> execute, CancellationToken cancellationToken)
    {
        await _statements.WaitAsync(cancellationToken);
        try
        {
            return await execute();
        }
        finally
        {
            _statements.Release();
        }
    }

    /// <summary>
    /// Loads the webhook's transform as it is now, unless that has been done for another delivery meanwhile. There is neither a script nor
    /// an error when it has none any more.
    /// </summary>
    private async Task<(TransformScript? Script, TransformError? Error)> LoadAsync(
        ClaimedDelivery delivery, CancellationToken cancellationToken)
    {
        if (_recent.Find(delivery.TransformId!.Value) is { } loaded)
        {
            return (loaded, null);
        }

        if (await ReadAsync(delivery.WebhookId, cancellationToken) is not var (id, source))
        {
            return (null, null);
        }

        if (TransformCompiler.Compile(source, out var error) is not { } script)
        {
            return (null, error);
        }

        _recent.Add(id, script);
        return (script, null);
    }

    /// <returns>Null when the webhook has no transform.</returns>
    private async Task<(Guid Id, string Source)?> ReadAsync(Guid webhookId, CancellationToken cancellationToken)
    {
        const string Sql = "SELECT transform_id, transform FROM webhooks WHERE id = @id AND transform IS NOT NULL";
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("id", webhookId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetGuid(0), reader.GetString(1)) : null;
    }

    /// <returns>Whether the delivery was still ours.</returns>
    private async Task<bool> StoreAsync(
        ClaimedDelivery delivery, string? body, string? headers, string? error, CancellationToken cancellationToken)
    {
        const string Sql = """
            UPDATE webhook_deliveries SET sent_body = @body, sent_headers = @headers, transform_error = @error
            WHERE id = @id AND lease_token = @lease_token
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("id", delivery.Id);
        command.Parameters.AddWithValue("lease_token", delivery.LeaseToken);
        command.Parameters.Add(NullableParameter.Create("body", NpgsqlDbType.Text, body));
        command.Parameters.Add(NullableParameter.Create("headers", NpgsqlDbType.Jsonb, headers));
        command.Parameters.Add(NullableParameter.Create("error", NpgsqlDbType.Text, error));
        return await InTurnAsync(() => command.ExecuteNonQueryAsync(cancellationToken), cancellationToken) == 1;
    }
}
