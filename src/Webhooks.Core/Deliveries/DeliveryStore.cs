using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Health;
using Webhooks.Core.Postgres;
using Webhooks.Core.Signals;
using Webhooks.Core.Statistics;

namespace Webhooks.Core.Deliveries;

/// <summary>
/// The work on deliveries: claiming what is due and recording what came of it. Every statement takes a set; times are the database's.
/// </summary>
public sealed class DeliveryStore(NpgsqlDataSource database, HealthSignals signals, WebhooksOptions options)
{
    /// <summary>
    /// What follows a CTE <c>due (id)</c> whose rows are locked; it gives the columns of <see cref="ClaimReader"/>. The ids come as an
    /// array, so that even with statistics that are old or missing the planner looks them up in the primary key, where a join would let it
    /// read all of the table.
    /// </summary>
    private const string ClaimWhatIsDue = $"""
        , claimed AS (
            UPDATE webhook_deliveries SET {Lease}
            WHERE id = ANY (ARRAY (SELECT id FROM due))
            {ClaimedRows}
        """;

    /// <summary>The changes to a row that make it the caller's.</summary>
    private const string Lease = "lease_until = now() + @lease, lease_token = @lease_token";

    /// <summary>What follows the condition of <see cref="ClaimWhatIsDue"/>: the columns of <see cref="ClaimReader"/>.</summary>
    internal const string ClaimedRows = """
            RETURNING id, lease_token, webhook_id, org_id, event_id, event, coalesce(sent_body, payload::text) AS body, sent_headers,
                      attempt_number, test, next_attempt_at, created_at, trace_parent, next_trigger, cancel_requested,
                      now() AS claimed_at,
                      CASE WHEN deliver_at > created_at THEN deliver_at END AS deliver_at
        )
        SELECT claimed.id, claimed.lease_token, claimed.webhook_id, claimed.org_id, claimed.event_id, claimed.event, claimed.body,
               claimed.attempt_number, claimed.test, webhooks.url, webhooks.secret,
               webhooks.active AND webhooks.deleted_at IS NULL AS webhook_active, claimed.created_at, claimed.trace_parent,
               claimed.next_trigger, claimed.cancel_requested, webhooks.retry_delays, webhooks.timeout_seconds,
               CASE WHEN webhooks.previous_secret_expires_at > now() THEN webhooks.previous_secret END AS previous_secret,
               webhooks.secret_promoted, claimed.claimed_at, claimed.deliver_at, webhooks.headers, webhooks.transform_id,
               claimed.sent_headers::text AS sent_headers, webhooks.mode = 'pull' AS pulled
        FROM claimed JOIN webhooks ON webhooks.id = claimed.webhook_id
        ORDER BY claimed.next_attempt_at, claimed.id
        """;

    /// <summary>
    /// The condition that a pending delivery does not wait to be pulled, nor is pulled. Those that are have <c>lease_until</c> at infinity.
    /// </summary>
    private const string IsNotPulled = "lease_until IS DISTINCT FROM 'infinity'";

    /// <summary>
    /// A CTE that locks rows in the order of their ids, so that statements which lock several cannot deadlock. The ids are a constant to
    /// the planner, which leaves out the partitions that hold none of them.
    /// </summary>
    private const string LockedById =
        "locked AS (SELECT id, lease_token FROM webhook_deliveries WHERE id = ANY (@ids) ORDER BY id FOR UPDATE)";

    /// <summary>
    /// Leaves out partitions once more, where <c>delivery</c> is joined to <see cref="LockedById"/>. With the ids themselves, each of them
    /// would be looked for among all, at each row. With the range of the ids, all of that is read whenever statistics do not know yet how
    /// many there are: as of new deliveries, between which and an old one there are thousands.
    /// </summary>
    private const string WithinPartitions = "delivery.id >= @first_id AND delivery.id < @id_after";

    /// <summary>
    /// What follows an update of <c>delivery</c> that gives claims back: those that are still ours, and what the canceled ones among them
    /// are counted by.
    /// </summary>
    private const string FromHeldClaims = $"""
        FROM locked JOIN unnest(@ids, @lease_tokens) AS claim (id, lease_token)
          ON claim.id = locked.id AND claim.lease_token = locked.lease_token
        WHERE delivery.id = locked.id AND {WithinPartitions}
        RETURNING {StatisticsChanges.Columns}
        """;

    /// <summary>What was canceled while it was claimed, and is given back without an attempt, has nothing to wait for.</summary>
    private const string CanceledIfRequested = """
        status = CASE WHEN cancel_requested THEN 'canceled' ELSE status END,
        next_attempt_at = CASE WHEN cancel_requested IS NOT TRUE THEN next_attempt_at END,
        next_trigger = CASE WHEN cancel_requested IS NOT TRUE THEN next_trigger END
        """;

    /// <summary>Claims due deliveries, longest due first, skipping what others are claiming.</summary>
    /// <param name="limit">The most to claim.</param>
    /// <param name="lease">How long they are ours; longer than an attempt can take.</param>
    public Task<IReadOnlyList<ClaimedDelivery>> ClaimDueAsync(int limit, TimeSpan lease, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            WITH due AS (
                SELECT id FROM webhook_deliveries
                WHERE status = 'pending' AND greatest(next_attempt_at, lease_until) <= now()
                ORDER BY greatest(next_attempt_at, lease_until)
                LIMIT @limit
                FOR UPDATE SKIP LOCKED
            )
            {ClaimWhatIsDue}
            """;
        return ClaimAsync(Sql, lease, [new("limit", limit)], cancellationToken);
    }

    /// <summary>Claims due deliveries of certain webhooks, oldest first, also parked ones.</summary>
    /// <param name="limits">For each webhook, the most to claim.</param>
    /// <param name="lease">How long they are ours.</param>
    public Task<IReadOnlyList<ClaimedDelivery>> ClaimForWebhooksAsync(
        IReadOnlyDictionary<Guid, int> limits, TimeSpan lease, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            WITH due AS (
                SELECT delivery.id
                FROM unnest(@webhook_ids, @limits) AS wanted (webhook_id, most)
                CROSS JOIN LATERAL (
                    SELECT id FROM webhook_deliveries
                    WHERE (webhook_id, id) >= (wanted.webhook_id, @first_id) AND (webhook_id, id) <= (wanted.webhook_id, @last_id)
                      AND status = 'pending' AND next_attempt_at <= now()
                      AND (lease_token IS NULL OR lease_until <= now()) AND {IsNotPulled}
                    ORDER BY webhook_id, id
                    LIMIT wanted.most
                    FOR UPDATE SKIP LOCKED
                ) AS delivery
            )
            {ClaimWhatIsDue}
            """;
        return ClaimAsync(
            Sql,
            lease,
            [
                new("webhook_ids", limits.Keys.ToArray()), new("limits", limits.Values.ToArray()),
                new("first_id", Guid.Empty), new("last_id", Guid.AllBitsSet),
            ],
            cancellationToken);
    }

    /// <summary>
    /// Claims one delivery if it is pending, due and not claimed by anyone else; null when it is not. While its webhook is paused it is not
    /// claimed either, unless it is a test: it is parked until the end of the pause, and a little longer, so that not all that wait for it
    /// come at once. When the circuit is to be probed, the claim takes that upon it.
    /// </summary>
    /// <remarks>The id is a constant to the planner in each part, so that it plans for one partition and not for all of them.</remarks>
    public async Task<ClaimedDelivery?> ClaimAsync(Guid deliveryId, TimeSpan lease, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            WITH delivery AS (
                SELECT id, webhook_id, test FROM webhook_deliveries
                WHERE id = @id AND status = 'pending' AND next_attempt_at <= now() AND (lease_token IS NULL OR lease_until <= now())
                  AND {IsNotPulled}
                FOR UPDATE
            ), probe AS (
                UPDATE webhook_health SET {WebhookPauses.Probe}
                WHERE webhook_id = ANY (ARRAY (SELECT webhook_id FROM delivery WHERE NOT test)) AND {WebhookPauses.MayProbe}
                RETURNING webhook_id
            ), due AS (
                SELECT id FROM delivery
                WHERE test OR EXISTS (SELECT FROM probe)
                   OR NOT EXISTS (SELECT FROM webhook_health WHERE webhook_id = delivery.webhook_id AND {HoldColumns.IsPaused})
            ), held AS (
                UPDATE webhook_deliveries SET
                    lease_token = NULL,
                    lease_until = greatest(pause.paused_until, now() + interval '1 s')
                        + least(now() - next_attempt_at, interval '1 min') * random()
                FROM webhook_health AS pause
                WHERE webhook_deliveries.id = @id AND EXISTS (SELECT FROM delivery) AND NOT EXISTS (SELECT FROM due)
                  AND pause.webhook_id = webhook_deliveries.webhook_id
            ), claimed AS (
                UPDATE webhook_deliveries SET {Lease}
                WHERE id = @id AND EXISTS (SELECT FROM due)
                {ClaimedRows}
            """;
        var claims = await ClaimAsync(Sql, lease, [new("id", deliveryId)], cancellationToken);
        return claims.SingleOrDefault();
    }

    /// <summary>
    /// Records results in one statement, in the order in which they came, and with them how the receivers of their webhooks do. A result
    /// whose lease was lost to another claim is left out.
    /// </summary>
    public async Task<RecordedResults> RecordAsync(IReadOnlyList<DeliveryResult> results, CancellationToken cancellationToken)
    {
        if (results.Count == 0)
        {
            return RecordedResults.None;
        }

        var rows = results.Select(ResultRow.From).ToArray();
        var recorded = await ConflictRetry.RunAsync(cancel => RecordAsync(rows, results, cancel), cancellationToken);
        signals.Tell(recorded.Changes);
        return recorded;
    }

    /// <summary>Gives claims back unattempted: they are due again at once.</summary>
    public Task ReleaseAsync(IReadOnlyCollection<ClaimedDelivery> claims, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            WITH {LockedById}, canceled AS (
                UPDATE webhook_deliveries AS delivery SET lease_until = NULL, lease_token = NULL, {CanceledIfRequested}
                {FromHeldClaims}
            )
            {StatisticsChanges.CountCanceled}
            """;
        return GiveBackAsync(Sql, claims, [], cancellationToken);
    }

    /// <summary>
    /// Gives claims back because their webhook has as many attempts in flight as it may have, or is paused. They stay out of <see
    /// cref="ClaimDueAsync"/>'s way for as long as they have been due already, but at least <paramref name="least"/> and at most <paramref
    /// name="most"/>, and at least as long as the pause; <see cref="ClaimForWebhooksAsync"/> finds them all the same.
    /// </summary>
    public Task ParkAsync(IReadOnlyCollection<ClaimedDelivery> claims, TimeSpan least, TimeSpan most, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            WITH {LockedById}, canceled AS (
                UPDATE webhook_deliveries AS delivery SET
                    lease_until = CASE WHEN cancel_requested IS NOT TRUE THEN greatest(
                        now() + least(greatest(now() - next_attempt_at, @least), @most),
                        (SELECT paused_until FROM webhook_health
                         WHERE webhook_health.webhook_id = delivery.webhook_id AND NOT delivery.test)) END,
                    lease_token = NULL,
                    {CanceledIfRequested}
                {FromHeldClaims}
            )
            {StatisticsChanges.CountCanceled}
            """;
        return GiveBackAsync(Sql, claims, [new("least", least), new("most", most)], cancellationToken);
    }

    /// <summary>
    /// Leaves claims to whoever pulls from their webhook, unattempted. They are nobody's then, and no other claim finds them.
    /// </summary>
    public Task LeaveToPullAsync(IReadOnlyCollection<ClaimedDelivery> claims, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            WITH {LockedById}, canceled AS (
                UPDATE webhook_deliveries AS delivery SET
                    lease_until = CASE WHEN cancel_requested IS NOT TRUE THEN 'infinity'::timestamptz END,
                    lease_token = NULL,
                    {CanceledIfRequested}
                {FromHeldClaims}
            )
            {StatisticsChanges.CountCanceled}
            """;
        return GiveBackAsync(Sql, claims, [], cancellationToken);
    }

    /// <summary>
    /// Claims what is to be posted. What an older server has stored for a webhook that is pulled from, it did not know to leave to that.
    /// </summary>
    private async Task<IReadOnlyList<ClaimedDelivery>> ClaimAsync(
        string sql, TimeSpan lease, IEnumerable<NpgsqlParameter> parameters, CancellationToken cancellationToken)
    {
        var claims = await ClaimAnyAsync(sql, lease, parameters, cancellationToken);
        if (!claims.Exists(IsToBePulled))
        {
            return claims;
        }

        await LeaveToPullAsync(claims.FindAll(IsToBePulled), cancellationToken);
        claims.RemoveAll(IsToBePulled);
        return claims;
    }

    /// <summary>Those of a webhook that is not active are claimed all the same, to be canceled.</summary>
    private static bool IsToBePulled(ClaimedDelivery claim) => claim is { Pulled: true, WebhookActive: true };

    private async Task<List<ClaimedDelivery>> ClaimAnyAsync(
        string sql, TimeSpan lease, IEnumerable<NpgsqlParameter> parameters, CancellationToken cancellationToken)
    {
        var claim = new NpgsqlBatchCommand(sql) { Parameters = { new("lease", lease), new("lease_token", Guid.NewGuid()) } };
        foreach (var parameter in parameters)
        {
            claim.Parameters.Add(parameter);
        }

        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(IndexOrder.Prefer());
        batch.BatchCommands.Add(claim);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var row = new ClaimReader(reader);
        var claims = new List<ClaimedDelivery>();
        while (await reader.ReadAsync(cancellationToken))
        {
            claims.Add(row.Read());
        }

        return claims;
    }

    private async Task<RecordedResults> RecordAsync(
        ResultRow[] rows, IReadOnlyList<DeliveryResult> results, CancellationToken cancellationToken)
    {
        // Only a pending delivery has a lease. Without an attempt (it is canceled) the figures of the attempt before stay. What was
        // canceled during the attempt gets no other.
        const string Sql = $"""
            WITH result AS (
                SELECT * FROM unnest(
                    @ids, @lease_tokens, @statuses, @next_attempts_at, @attempts, @attempt_numbers,
                    @response_statuses, @response_bodies, @errors, @attempted_at, @durations_ms, @delivered_at,
                    {HealthRecording.Parameters})
                    AS result (id, lease_token, status, next_attempt_at, attempt, attempt_number,
                               response_status, response_body, error, attempted_at, duration_ms, delivered_at, {HealthRecording.Columns})
            ), {LockedById}, recorded AS (
                UPDATE webhook_deliveries AS delivery SET
                    status = CASE WHEN delivery.cancel_requested AND result.status = 'pending' THEN 'canceled' ELSE result.status END,
                    next_attempt_at = CASE WHEN delivery.cancel_requested IS NOT TRUE THEN result.next_attempt_at END,
                    next_trigger = NULL,
                    lease_until = CASE WHEN delivery.lease_until = 'infinity' AND result.next_attempt_at IS NOT NULL
                                            AND delivery.cancel_requested IS NOT TRUE THEN delivery.lease_until END,
                    lease_token = NULL,
                    attempts = CASE WHEN result.attempt IS NULL THEN delivery.attempts ELSE delivery.attempts || result.attempt END,
                    attempt_number = coalesce(result.attempt_number, delivery.attempt_number),
                    response_status = CASE WHEN result.attempt IS NULL THEN delivery.response_status ELSE result.response_status END,
                    response_body = CASE WHEN result.attempt IS NULL THEN delivery.response_body ELSE result.response_body END,
                    error = CASE WHEN result.attempt IS NULL THEN coalesce(result.error, delivery.error) ELSE result.error END,
                    duration_ms = coalesce(result.duration_ms, delivery.duration_ms),
                    delivered_at = result.delivered_at
                FROM locked JOIN result ON result.id = locked.id AND result.lease_token = locked.lease_token
                WHERE delivery.id = locked.id AND {WithinPartitions}
                RETURNING delivery.id, delivery.org_id, delivery.webhook_id, delivery.event, delivery.status, delivery.created_at,
                          delivery.error, delivery.response_status, delivery.attempt_number, result.attempted_at,
                          result.duration_ms AS attempt_ms, {HealthRecording.Columns}
            ), {StatisticsChanges.Recorded}
            SELECT id, {HealthRecording.NoChange} FROM recorded
            UNION ALL
            {HealthRecording.Changes}
            """;
        var record = new NpgsqlBatchCommand(Sql);
        var parameters = record.Parameters;
        AddIds(parameters, rows.Select(row => row.Id).ToArray());
        parameters.AddWithValue("lease_tokens", rows.Select(row => row.LeaseToken).ToArray());
        parameters.AddWithValue("statuses", rows.Select(row => row.Status).ToArray());
        parameters.AddWithValue(
            "next_attempts_at", NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, rows.Select(row => row.NextAttemptAt).ToArray());
        parameters.AddWithValue("attempts", NpgsqlDbType.Array | NpgsqlDbType.Jsonb, rows.Select(row => row.Attempt).ToArray());
        parameters.AddWithValue("attempt_numbers", rows.Select(row => row.AttemptNumber).ToArray());
        parameters.AddWithValue("response_statuses", rows.Select(row => row.ResponseStatus).ToArray());
        parameters.AddWithValue("response_bodies", rows.Select(row => row.ResponseBody).ToArray());
        parameters.AddWithValue("errors", rows.Select(row => row.Error).ToArray());
        parameters.AddWithValue(
            "attempted_at", NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, rows.Select(row => row.AttemptedAt).ToArray());
        parameters.AddWithValue("durations_ms", rows.Select(row => row.DurationMs).ToArray());
        parameters.AddWithValue(
            "delivered_at", NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, rows.Select(row => row.DeliveredAt).ToArray());
        HealthRecording.AddParameters(parameters, results, options);

        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(record);
        if (ExhaustedDeliveries.Signal(rows) is { } signal)
        {
            batch.BatchCommands.Add(signal);
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var recorded = new HashSet<Guid>(rows.Length);
        List<HealthChange>? changes = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.IsDBNull(0))
            {
                (changes ??= []).Add(HealthRecording.Read(reader, first: 1));
            }
            else
            {
                recorded.Add(reader.GetGuid(0));
            }
        }

        await reader.NextResultAsync(cancellationToken);
        return new RecordedResults(recorded, changes ?? []);
    }

    /// <summary>The parameters of <see cref="LockedById"/> and <see cref="WithinPartitions"/>.</summary>
    private static void AddIds(NpgsqlParameterCollection parameters, Guid[] ids)
    {
        parameters.AddWithValue("ids", ids);
        parameters.AddWithValue("first_id", DeliveryPartition.FirstIdWith(ids.Min()));
        parameters.AddWithValue("id_after", DeliveryPartition.IdAfter(ids.Max()));
    }

    private async Task GiveBackAsync(
        string sql,
        IReadOnlyCollection<ClaimedDelivery> claims,
        IReadOnlyList<NpgsqlParameter<TimeSpan>> times,
        CancellationToken cancellationToken)
    {
        if (claims.Count == 0)
        {
            return;
        }

        await ConflictRetry.RunAsync(ExecuteAsync, cancellationToken);

        async Task<int> ExecuteAsync(CancellationToken cancel)
        {
            await using var command = database.CreateCommand(sql);
            AddIds(command.Parameters, claims.Select(claim => claim.Id).ToArray());
            command.Parameters.AddWithValue("lease_tokens", claims.Select(claim => claim.LeaseToken).ToArray());
            foreach (var time in times)
            {
                command.Parameters.Add(time.Clone());
            }

            return await command.ExecuteNonQueryAsync(cancel);
        }
    }
}
