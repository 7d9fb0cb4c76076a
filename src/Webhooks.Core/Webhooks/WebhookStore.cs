using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Audit;
using Webhooks.Core.Cancellation;
using Webhooks.Core.Health;
using Webhooks.Core.Idempotency;
using Webhooks.Core.Organizations;
using Webhooks.Core.Postgres;
using Webhooks.Core.Pull;
using Webhooks.Core.Secrets;

namespace Webhooks.Core.Webhooks;

/// <summary>The webhooks of organizations. Every statement is bound to the organization; what is given to it has been validated.</summary>
public sealed class WebhookStore(
    NpgsqlDataSource database,
    SecretProtector secrets,
    KeyedRequests requests,
    WebhookProbes probes,
    UnpulledBacklog unpulled,
    WebhooksOptions options)
{
    /// <summary>What a webhook is read from. Its secret is among it only when its hint is not stored: an earlier version did not.</summary>
    private const string Columns = """
        id, org_id, nullif(url, '') AS url, events, active, description, created_at, updated_at, retry_delays, timeout_seconds, secret_hint,
        CASE WHEN secret_hint IS NULL THEN secret END AS secret,
        CASE WHEN previous_secret_expires_at > now() THEN previous_secret_expires_at END AS previous_secret_expires_at, keep_skipped,
        disabled_at, disabled_reason, consecutive_failures, failing_since, last_success_at, last_failure_at,
        CASE WHEN openings = 0 THEN 0 WHEN paused_until > now() AND NOT probing THEN 1 ELSE 2 END AS circuit,
        CASE WHEN paused_until > now() AND NOT probing THEN paused_until END AS paused_until,
        CASE WHEN paused_until > now() AND NOT probing THEN paused_by END AS paused_by,
        filter::text AS filter, payload_format, header_names, metadata::text AS metadata, transform, mode
        """;

    /// <summary>Where <see cref="Columns"/> come from.</summary>
    private const string Source = "webhooks JOIN webhook_health ON webhook_health.webhook_id = webhooks.id";

    private const string Find = $"SELECT {Columns} FROM {Source} WHERE id = @id AND org_id = @org_id AND deleted_at IS NULL";

    private static readonly Dictionary<string, string> _noMetadata = [];

    /// <summary>The condition that nobody has changed a webhook since, judged by the statement that changes it.</summary>
    private const string IsInState = "(@states IS NULL OR updated_at = ANY (@states))";

    /// <summary>Stores a new webhook with a new secret, once for a key. The organization's row appears with its first webhook.</summary>
    /// <exception cref="SecretUnavailableException">There is no key to encrypt or decrypt with; nothing was stored.</exception>
    /// <exception cref="ErasedOrganizationException">The organization is erased; nothing was stored.</exception>
    public async Task<WebhookCreation> CreateAsync(
        Guid orgId, NewWebhook webhook, RequestKey? key, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        var secret = WebhookSecret.Generate();
        var encrypted = await secrets.ProtectAsync(id, secret, cancellationToken);
        var headers = await ProtectAsync(id, webhook.Headers, cancellationToken);
        var outcome = await requests.MakeAsync(
            orgId,
            key,
            id,
            (connection, cancel) => InsertAsync(connection, orgId, id, webhook, secret, encrypted, headers, cancel),
            creation => creation is WebhookCreation.Created,
            cancellationToken);
        return outcome switch
        {
            KeyedOutcome<WebhookCreation>.First(var creation) => creation,
            KeyedOutcome<WebhookCreation>.Repeat(var known) => await FindCreatedAsync(orgId, known, cancellationToken),
            _ => new WebhookCreation.KeyReused(),
        };
    }

    /// <summary>A page of an organization's webhooks, newest first.</summary>
    /// <param name="after">The last id of the page before, or null for the first.</param>
    public async Task<Page<Webhook>> ListAsync(
        Reach reach, WebhookFilter filter, int limit, Guid? after, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            SELECT {Columns} FROM {Source}
            WHERE org_id = @org_id AND deleted_at IS NULL
              AND (@after IS NULL OR id < @after)
              AND (@webhook_id IS NULL OR id = @webhook_id)
              AND (@active IS NULL OR active = @active)
              AND (@events IS NULL OR events && @events)
              AND (@url IS NULL OR position(lower(@url) IN lower(url)) > 0)
              AND (@metadata IS NULL OR metadata @> @metadata)
            ORDER BY id DESC
            LIMIT @limit
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("org_id", reach.OrgId);
        command.Parameters.Add(NullableParameter.Create("after", NpgsqlDbType.Uuid, after));
        command.Parameters.Add(NullableParameter.Create("webhook_id", NpgsqlDbType.Uuid, reach.WebhookId));
        command.Parameters.Add(NullableParameter.Create("active", NpgsqlDbType.Boolean, filter.Active));
        var names = filter.Event is { } eventType ? ListedEvents.NamesOf(eventType).ToArray() : null;
        command.Parameters.Add(NullableParameter.Create("events", NpgsqlDbType.Array | NpgsqlDbType.Text, names));
        command.Parameters.Add(NullableParameter.Create("url", NpgsqlDbType.Text, filter.UrlContains));
        command.Parameters.Add(Metadata(filter.Metadata));
        command.Parameters.AddWithValue("limit", limit + 1L);

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var webhooks = new List<Webhook>();
        while (await reader.ReadAsync(cancellationToken))
        {
            webhooks.Add(await ReadAsync(reader, cancellationToken));
        }

        return Page<Webhook>.Of(webhooks, limit, webhook => webhook.Id);
    }

    /// <summary>One webhook; null when the organization has no such webhook.</summary>
    public async Task<Webhook?> FindAsync(Guid orgId, Guid webhookId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Find);
        command.Parameters.AddWithValue("id", webhookId);
        command.Parameters.AddWithValue("org_id", orgId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? await ReadAsync(reader, cancellationToken) : null;
    }

    /// <summary>
    /// Changes what is given; deactivating cancels the pending deliveries that nobody is attempting. A trigger
    /// resets the health of a webhook that is enabled or gets another URL, and in the first case a probe is made.
    /// </summary>
    /// <param name="states">The times of the last change, one of which the webhook must have; null for any.</param>
    /// <returns>
    /// The webhook after the change; null when the organization has no such webhook in such a state, and when it would be one that is
    /// pulled from and has a URL, or the opposite.
    /// </returns>
    public async Task<Webhook?> UpdateAsync(
        Guid orgId,
        Guid webhookId,
        WebhookChanges changes,
        IReadOnlyCollection<DateTimeOffset>? states,
        CancellationToken cancellationToken)
    {
        const string Update = $"""
            UPDATE webhooks SET
                mode = coalesce(@mode, mode),
                url = CASE WHEN coalesce(@mode, mode) = 'pull' THEN '' ELSE coalesce(@url, url) END,
                pulled_until = CASE WHEN @mode = 'pull' THEN NULL WHEN @mode = 'push' AND mode = 'pull' THEN now() ELSE pulled_until END,
                events = coalesce(@events, events),
                active = coalesce(@active, active),
                description = nullif(coalesce(@description, description), ''),
                retry_delays = CASE WHEN @sets_retry_delays THEN @retry_delays ELSE retry_delays END,
                timeout_seconds = CASE WHEN @sets_timeout_seconds THEN @timeout_seconds ELSE timeout_seconds END,
                keep_skipped = coalesce(@keep_skipped, keep_skipped),
                filter = CASE WHEN @sets_filter THEN @filter ELSE filter END,
                filter_path = CASE WHEN @sets_filter THEN @filter_path::jsonpath ELSE filter_path END,
                transform = CASE WHEN @sets_transform THEN @transform ELSE transform END,
                transform_id = CASE WHEN @sets_transform THEN @transform_id ELSE transform_id END,
                payload_format = coalesce(@payload_format, payload_format),
                headers = CASE WHEN @sets_headers THEN @headers ELSE headers END,
                header_names = CASE WHEN @sets_headers THEN @header_names ELSE header_names END,
                headers_set_at = CASE WHEN @sets_headers THEN now() ELSE headers_set_at END,
                metadata = coalesce(@metadata, metadata),
                updated_at = now()
            WHERE id = @id AND org_id = @org_id AND deleted_at IS NULL AND {IsInState}
              AND CASE WHEN coalesce(@mode, mode) = 'pull' THEN @url IS NULL ELSE coalesce(@url, url) <> '' END
            """;
        // Afterwards, so that it is as triggers have left it. Only this transaction has set its own time.
        const string Changed = $"{Find} AND updated_at = now()";
        var headers = await ProtectAsync(webhookId, changes.Headers?.Value, cancellationToken);
        var (webhook, probe) = await ConflictRetry.RunAsync(UpdateAsync, cancellationToken);
        if (probe is { } delivery)
        {
            await probes.BeginAsync(delivery, cancellationToken);
        }

        if (webhook is { Active: false } && changes.Active is false)
        {
            await StoppedBacklog.CancelRestAsync(database, orgId, webhookId, cancellationToken);
        }

        if (webhook is { Active: true } && changes.Mode == WebhookMode.Push)
        {
            await unpulled.ReleaseAsync(webhookId, cancellationToken);
        }

        return webhook;

        async Task<(Webhook?, Guid?)> UpdateAsync(CancellationToken cancel)
        {
            await using var batch = database.CreateBatch();
            batch.BatchCommands.Add(new(Update)
            {
                Parameters =
                {
                    new("id", webhookId),
                    new("org_id", orgId),
                    States(states),
                    NullableParameter.Create("mode", NpgsqlDbType.Text, changes.Mode),
                    NullableParameter.Create("url", NpgsqlDbType.Text, changes.Url),
                    NullableParameter.Create("events", NpgsqlDbType.Array | NpgsqlDbType.Text, changes.Events?.ToArray()),
                    NullableParameter.Create("active", NpgsqlDbType.Boolean, changes.Active),
                    NullableParameter.Create("description", NpgsqlDbType.Text, changes.Description),
                    new("sets_retry_delays", changes.RetryDelays.HasValue),
                    RetryDelays(changes.RetryDelays?.Value),
                    new("sets_timeout_seconds", changes.TimeoutSeconds.HasValue),
                    TimeoutSeconds(changes.TimeoutSeconds?.Value),
                    NullableParameter.Create("keep_skipped", NpgsqlDbType.Boolean, changes.KeepSkipped),
                    new("sets_filter", changes.Filter.HasValue),
                    NullableParameter.Create("filter", NpgsqlDbType.Jsonb, changes.Filter?.Value?.Pattern),
                    NullableParameter.Create("filter_path", NpgsqlDbType.Text, changes.Filter?.Value?.Path),
                    new("sets_transform", changes.Transform.HasValue),
                    NullableParameter.Create("transform", NpgsqlDbType.Text, changes.Transform?.Value),
                    TransformId(changes.Transform?.Value),
                    NullableParameter.Create("payload_format", NpgsqlDbType.Text, changes.PayloadFormat),
                    new("sets_headers", changes.Headers.HasValue),
                    NullableParameter.Create("headers", NpgsqlDbType.Text, headers),
                    HeaderNames(changes.Headers?.Value),
                    Metadata(changes.Metadata is { } metadata ? metadata.Value ?? _noMetadata : null),
                },
            });
            if (changes.Active is false)
            {
                batch.BatchCommands.Add(StoppedBacklog.Cancel(orgId, webhookId));
            }

            // Each gives rows, as against those before.
            batch.BatchCommands.Add(new(Changed) { Parameters = { new("id", webhookId), new("org_id", orgId) } });
            if (changes.Active is true)
            {
                batch.BatchCommands.Add(probes.Insert(orgId, webhookId));
            }

            await using var reader = await batch.ExecuteAuditedAsync(cancel);
            var webhook = await reader.ReadAsync(cancel) ? await ReadAsync(reader, cancel) : null;
            Guid? probe = await reader.NextResultAsync(cancel) && await reader.ReadAsync(cancel) ? reader.GetGuid(0) : null;
            await reader.NextResultAsync(cancel);
            return (webhook, probe);
        }
    }

    /// <summary>
    /// Deletes a webhook, erases its secret (a trigger erases with it the one before, and headers) and cancels its pending deliveries.
    /// </summary>
    /// <param name="states">The times of the last change, one of which the webhook must have; null for any.</param>
    /// <returns>False when the organization has no such webhook in such a state.</returns>
    public async Task<bool> DeleteAsync(
        Guid orgId, Guid webhookId, IReadOnlyCollection<DateTimeOffset>? states, CancellationToken cancellationToken)
    {
        const string Delete = $"""
            UPDATE webhooks SET active = false, secret = NULL, deleted_at = now(), updated_at = now()
            WHERE id = @id AND org_id = @org_id AND deleted_at IS NULL AND {IsInState}
            RETURNING id
            """;
        var isDeleted = await ConflictRetry.RunAsync(DeleteAsync, cancellationToken);
        if (isDeleted)
        {
            await StoppedBacklog.CancelRestAsync(database, orgId, webhookId, cancellationToken);
        }

        return isDeleted;

        async Task<bool> DeleteAsync(CancellationToken cancel)
        {
            await using var batch = database.CreateBatch();
            batch.BatchCommands.Add(new(Delete)
            {
                Parameters = { new("id", webhookId), new("org_id", orgId), States(states) },
            });
            batch.BatchCommands.Add(StoppedBacklog.Cancel(orgId, webhookId));
            await using var reader = await batch.ExecuteAuditedAsync(cancel);
            var deleted = await reader.ReadAsync(cancel);
            await reader.NextResultAsync(cancel);
            return deleted;
        }
    }

    /// <returns>The webhook that was created, or that there are too many.</returns>
    /// <exception cref="ErasedOrganizationException">The organization is erased.</exception>
    private async Task<WebhookCreation> InsertAsync(
        NpgsqlConnection connection,
        Guid orgId,
        Guid id,
        NewWebhook webhook,
        string secret,
        string encrypted,
        string? headers,
        CancellationToken cancellationToken)
    {
        const string Insert = """
            INSERT INTO webhooks
                (id, org_id, url, events, secret, secret_hint, active, description, retry_delays, timeout_seconds, keep_skipped, filter,
                 filter_path, payload_format, headers, header_names, headers_set_at, metadata, transform, transform_id, mode)
            SELECT @id, @org_id, @url, @events, @secret, @secret_hint, @active, @description, @retry_delays, @timeout_seconds,
                   @keep_skipped, @filter, @filter_path::jsonpath, @payload_format, @headers, @header_names,
                   CASE WHEN @headers IS NOT NULL THEN now() END, @metadata, @transform, @transform_id, @mode
            FROM organizations
            WHERE id = @org_id
              AND (SELECT count(*) FROM webhooks WHERE org_id = @org_id AND deleted_at IS NULL) < coalesce(max_webhooks, @most)
            """;
        await using var batch = new NpgsqlBatch(connection);
        OrganizationRow.Lock(batch, orgId);
        batch.BatchCommands.Add(new(Insert)
        {
            Parameters =
            {
                new("id", id),
                new("org_id", orgId),
                new("url", webhook.Url ?? ""),
                new("events", webhook.Events.ToArray()),
                new("secret", encrypted),
                new("secret_hint", WebhookSecret.Hint(secret)),
                new("active", webhook.Active),
                NullableParameter.Create("description", NpgsqlDbType.Text, EmptyAsNull(webhook.Description)),
                RetryDelays(webhook.RetryDelays),
                TimeoutSeconds(webhook.TimeoutSeconds),
                new("keep_skipped", webhook.KeepSkipped),
                NullableParameter.Create("filter", NpgsqlDbType.Jsonb, webhook.Filter?.Pattern),
                NullableParameter.Create("filter_path", NpgsqlDbType.Text, webhook.Filter?.Path),
                new("payload_format", webhook.PayloadFormat),
                NullableParameter.Create("headers", NpgsqlDbType.Text, headers),
                HeaderNames(webhook.Headers),
                Metadata(webhook.Metadata ?? _noMetadata),
                NullableParameter.Create("transform", NpgsqlDbType.Text, webhook.Transform),
                TransformId(webhook.Transform),
                new("mode", webhook.Mode),
                new("most", options.Limits.WebhooksPerOrganization),
            },
        });
        batch.BatchCommands.Add(new(Find) { Parameters = { new("id", id), new("org_id", orgId) } });
        await using var reader = await batch.ExecuteAuditedAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var most = reader.IsDBNull(0) ? options.Limits.WebhooksPerOrganization : reader.GetInt32(0);
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new WebhookCreation.Created(await ReadAsync(reader, cancellationToken), secret)
            : new WebhookCreation.TooMany(most);
    }

    /// <summary>A webhook that was created, with the secret that it has now.</summary>
    private async Task<WebhookCreation> FindCreatedAsync(Guid orgId, Guid webhookId, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            SELECT {Columns}, webhooks.secret AS own_secret FROM {Source}
            WHERE id = @id AND org_id = @org_id AND deleted_at IS NULL
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("id", webhookId);
        command.Parameters.AddWithValue("org_id", orgId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return new WebhookCreation.Deleted();
        }

        var secret = await secrets.UnprotectAsync(webhookId, reader.GetString(reader.GetOrdinal("own_secret")), cancellationToken);
        return new WebhookCreation.Created(await ReadAsync(reader, cancellationToken), secret);
    }

    private static NpgsqlParameter States(IReadOnlyCollection<DateTimeOffset>? states) =>
        NullableParameter.Create("states", NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, states?.ToArray());

    /// <summary>Headers as they are stored; null for none.</summary>
    private async ValueTask<string?> ProtectAsync(
        Guid webhookId, IReadOnlyDictionary<string, string>? headers, CancellationToken cancellationToken) =>
        headers is { Count: > 0 }
            ? await secrets.ProtectAsync(ProtectedText.Headers, webhookId, RequestHeaders.ToText(headers), cancellationToken)
            : null;

    private static NpgsqlParameter HeaderNames(IReadOnlyDictionary<string, string>? headers) =>
        NullableParameter.Create(
            "header_names", NpgsqlDbType.Array | NpgsqlDbType.Text, headers is { Count: > 0 } ? headers.Keys.ToArray() : null);

    private static NpgsqlParameter Metadata(IReadOnlyDictionary<string, string>? metadata) =>
        NullableParameter.Create("metadata", NpgsqlDbType.Jsonb, metadata is null ? null : JsonSerializer.Serialize(metadata));

    /// <summary>A new id for a transform that is set.</summary>
    private static NpgsqlParameter TransformId(string? transform) =>
        NullableParameter.Create("transform_id", NpgsqlDbType.Uuid, transform is null ? null : (Guid?)Guid.NewGuid());

    private static NpgsqlParameter RetryDelays(IReadOnlyList<int>? seconds) =>
        NullableParameter.Create("retry_delays", NpgsqlDbType.Array | NpgsqlDbType.Integer, seconds?.ToArray());

    private static NpgsqlParameter TimeoutSeconds(int? seconds) =>
        NullableParameter.Create("timeout_seconds", NpgsqlDbType.Integer, seconds);

    private async ValueTask<Webhook> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken) => new(
        Id: reader.GetGuid(0),
        OrgId: reader.GetGuid(1),
        Url: reader.IsDBNull(2) ? null : reader.GetString(2),
        Events: reader.GetFieldValue<string[]>(3),
        Active: reader.GetBoolean(4),
        Description: reader.IsDBNull(5) ? null : reader.GetString(5),
        SecretHint: reader.IsDBNull(10)
            ? await HintAsync(reader.GetGuid(0), reader.GetString(11), cancellationToken)
            : reader.GetString(10),
        PreviousSecretExpiresAt: TimeOrNull(reader, 12),
        CreatedAt: reader.GetFieldValue<DateTimeOffset>(6),
        UpdatedAt: reader.GetFieldValue<DateTimeOffset>(7),
        RetryDelays: reader.IsDBNull(8) ? null : reader.GetFieldValue<int[]>(8),
        TimeoutSeconds: reader.IsDBNull(9) ? null : reader.GetInt32(9),
        KeepSkipped: reader.GetBoolean(13),
        Filter: reader.IsDBNull(23) ? null : reader.GetString(23),
        Transform: reader.IsDBNull(27) ? null : reader.GetString(27),
        PayloadFormat: reader.GetString(24),
        HeaderNames: reader.IsDBNull(25) ? null : reader.GetFieldValue<string[]>(25),
        Metadata: JsonElement.Parse(reader.GetString(26)).EnumerateObject().ToDictionary(
            label => label.Name, label => label.Value.GetString()!, StringComparer.Ordinal),
        DisabledAt: TimeOrNull(reader, 14),
        DisabledReason: reader.IsDBNull(15) ? null : reader.GetString(15),
        Health: new WebhookHealth(
            ConsecutiveFailures: reader.GetInt32(16),
            FailingSince: TimeOrNull(reader, 17),
            LastSuccessAt: TimeOrNull(reader, 18),
            LastFailureAt: TimeOrNull(reader, 19),
            Circuit: (CircuitState)reader.GetInt32(20),
            PausedUntil: TimeOrNull(reader, 21),
            PausedBy: reader.IsDBNull(22) ? null : reader.GetString(22)),
        Mode: reader.GetString(28));

    private static DateTimeOffset? TimeOrNull(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    /// <summary>That of a secret whose hint is not stored. A webhook can be shown without, so its answer does not depend on keys.</summary>
    private async ValueTask<string?> HintAsync(Guid webhookId, string encrypted, CancellationToken cancellationToken)
    {
        try
        {
            return WebhookSecret.Hint(await secrets.UnprotectAsync(webhookId, encrypted, cancellationToken));
        }
        catch (SecretUnavailableException)
        {
            return null;
        }
    }

    private static string? EmptyAsNull(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
