using System.Text;
using Npgsql;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Secrets;
using Webhooks.Core.Sending;
using Webhooks.Core.Webhooks;

namespace Webhooks.Core.SentRequests;

/// <summary>
/// The requests of attempts, made again by the code that sends them: so nothing of a request but its body has to be stored. The secret and
/// the names of headers are those that the webhook has now.
/// </summary>
public sealed class SentRequests(NpgsqlDataSource database, WebhookSigners signers)
{
    /// <summary>The request of an attempt that was made.</summary>
    /// <param name="number">Which attempt, 1 for the first; null for the last.</param>
    /// <exception cref="SecretUnavailableException">The webhook's secret cannot be decrypted now.</exception>
    public async Task<RequestLookup> FindAsync(
        Guid orgId, Guid webhookId, Guid deliveryId, int? number, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT delivery.event, delivery.event_id, coalesce(sent_body, payload::text) AS body, attempts::text, redacted_at,
                   sent_headers::text, nullif(webhooks.url, '') AS url, webhooks.secret, webhooks.secret_promoted, webhooks.header_names,
                   CASE WHEN previous_secret_expires_at > now() THEN previous_secret END AS previous_secret
            FROM webhook_deliveries AS delivery JOIN webhooks ON webhooks.id = delivery.webhook_id
            WHERE delivery.id = $1 AND delivery.webhook_id = $2 AND delivery.org_id = $3 AND deleted_at IS NULL
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = deliveryId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = webhookId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = orgId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return new RequestLookup.NoDelivery();
        }

        if (reader.GetFieldValue<DateTimeOffset?>(4) is { } redactedAt)
        {
            return new RequestLookup.Redacted(redactedAt);
        }

        var attempts = AttemptJson.ReadAll(reader.GetString(3));
        if (attempts.LastOrDefault(attempt => number is null || attempt.Number == number) is not { } attempt)
        {
            return new RequestLookup.NotSent(attempts.Count);
        }

        var previous = reader.IsDBNull(10) ? null : new PreviousSecret(reader.GetString(10), reader.GetBoolean(8));
        var signer = await signers.GetAsync(webhookId, reader.GetString(7), previous, cancellationToken);
        var url = reader.IsDBNull(6) ? null : reader.GetString(6);
        var body = reader.GetString(2);
        var request = new SendRequest(
            orgId,
            url ?? "",
            signer,
            Encoding.UTF8.GetBytes(body),
            EventId: reader.GetGuid(1),
            Event: reader.GetString(0),
            deliveryId,
            attempt.Number,
            attempt.StartedAt)
        {
            Headers = Headers(
                own: reader.IsDBNull(9) ? [] : reader.GetFieldValue<string[]>(9),
                given: reader.IsDBNull(5) ? null : reader.GetString(5)),
            Transformed = !reader.IsDBNull(5),
        };
        return new RequestLookup.Found(
            new SentRequest(attempt.Number, attempt.StartedAt, url, SignedRequest.Headers(request), body));
    }

    /// <param name="own">The names of the webhook's own headers.</param>
    /// <param name="given">What a transform gave, as stored; null without one.</param>
    private static IReadOnlyList<KeyValuePair<string, string>> Headers(string[] own, string? given)
    {
        var masked = own.Select(name => KeyValuePair.Create(name, RequestHeaders.Mask)).ToArray();
        return given is null ? masked : RequestHeaders.Join(masked, given);
    }
}
