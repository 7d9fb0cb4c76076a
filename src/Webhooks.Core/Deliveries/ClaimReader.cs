using Npgsql;
using Webhooks.Core.Secrets;

namespace Webhooks.Core.Deliveries;

/// <summary>The claims in the result of a statement, from columns of certain names in any order, which are looked up once.</summary>
/// <param name="reader">The result; the caller advances it from row to row.</param>
internal sealed class ClaimReader(NpgsqlDataReader reader)
{
    private readonly int _id = reader.GetOrdinal("id");
    private readonly int _leaseToken = reader.GetOrdinal("lease_token");
    private readonly int _webhookId = reader.GetOrdinal("webhook_id");
    private readonly int _orgId = reader.GetOrdinal("org_id");
    private readonly int _eventId = reader.GetOrdinal("event_id");
    private readonly int _event = reader.GetOrdinal("event");
    private readonly int _body = reader.GetOrdinal("body");
    private readonly int _attemptNumber = reader.GetOrdinal("attempt_number");
    private readonly int _test = reader.GetOrdinal("test");
    private readonly int _url = reader.GetOrdinal("url");
    private readonly int _secret = reader.GetOrdinal("secret");
    private readonly int _webhookActive = reader.GetOrdinal("webhook_active");
    private readonly int _createdAt = reader.GetOrdinal("created_at");
    private readonly int _traceParent = reader.GetOrdinal("trace_parent");
    private readonly int _retryDelays = reader.GetOrdinal("retry_delays");
    private readonly int _timeoutSeconds = reader.GetOrdinal("timeout_seconds");
    private readonly int _previousSecret = reader.GetOrdinal("previous_secret");
    private readonly int _secretPromoted = reader.GetOrdinal("secret_promoted");
    private readonly int _trigger = reader.GetOrdinal("next_trigger");
    private readonly int _cancelRequested = reader.GetOrdinal("cancel_requested");
    private readonly int _claimedAt = reader.GetOrdinal("claimed_at");
    private readonly int _headers = reader.GetOrdinal("headers");
    private readonly int _transformId = reader.GetOrdinal("transform_id");
    private readonly int _sentHeaders = reader.GetOrdinal("sent_headers");
    private readonly int _deliverAt = reader.GetOrdinal("deliver_at");
    private readonly int _pulled = reader.GetOrdinal("pulled");

    /// <summary>The claim in the row that the reader is at.</summary>
    public ClaimedDelivery Read() => new(
        Id: reader.GetGuid(_id),
        LeaseToken: reader.GetGuid(_leaseToken),
        WebhookId: reader.GetGuid(_webhookId),
        OrgId: reader.GetGuid(_orgId),
        EventId: reader.GetGuid(_eventId),
        Event: reader.GetString(_event),
        Body: reader.GetFieldValue<byte[]>(_body),
        AttemptsMade: reader.GetInt32(_attemptNumber),
        Test: reader.GetBoolean(_test),
        Url: reader.GetString(_url),
        EncryptedSecret: reader.IsDBNull(_secret) ? null : reader.GetString(_secret),
        WebhookActive: reader.GetBoolean(_webhookActive),
        CreatedAt: reader.GetFieldValue<DateTimeOffset>(_createdAt),
        TraceParent: reader.IsDBNull(_traceParent) ? null : reader.GetString(_traceParent),
        Schedule: WebhookSchedule.From(
            reader.IsDBNull(_retryDelays) ? null : reader.GetFieldValue<int[]>(_retryDelays),
            reader.IsDBNull(_timeoutSeconds) ? null : reader.GetInt32(_timeoutSeconds)),
        PreviousSecret: reader.IsDBNull(_previousSecret)
            ? null
            : new PreviousSecret(reader.GetString(_previousSecret), reader.GetBoolean(_secretPromoted)),
        Trigger: AttemptTriggerText.FromStoredText(reader.IsDBNull(_trigger) ? null : reader.GetString(_trigger)),
        CancelRequested: !reader.IsDBNull(_cancelRequested) && reader.GetBoolean(_cancelRequested),
        ClaimedAt: reader.GetFieldValue<DateTimeOffset>(_claimedAt))
    {
        DeliverAt = reader.IsDBNull(_deliverAt) ? null : reader.GetFieldValue<DateTimeOffset>(_deliverAt),
        Pulled = reader.GetBoolean(_pulled),
        EncryptedHeaders = reader.IsDBNull(_headers) ? null : reader.GetString(_headers),
        TransformId = reader.IsDBNull(_transformId) ? null : reader.GetGuid(_transformId),
        SentHeaders = reader.IsDBNull(_sentHeaders) ? null : reader.GetString(_sentHeaders),
    };
}
