using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;
using Webhooks.Api.Problems;

namespace Webhooks.Api.OpenApi;

/// <summary>An example of each answer, as the API gives it.</summary>
internal static class AnswerExamples
{
    private const string Webhook = """
        "id":"019c1509-4c00-7000-8000-000000000001","org_id":"0197a000-0000-7000-8000-000000000001","mode":"push",
        "url":"https://example.com/webhooks",
        "events":["user.created","subscription.created"],"active":true,"description":"My webhook",
        "retry_delays":[60,600,3600,86400],"timeout_seconds":10,"keep_skipped":true,"filter":null,"transform":null,
        "payload_format":"standard","headers":{"X-Api-Key":"********"},"metadata":{"team":"billing"},
        "secret_hint":"LaSw","previous_secret_expires_at":null,"disabled_at":null,"disabled_reason":null,
        "health":{"state":"healthy","consecutive_failures":0,"failing_since":null,"last_success_at":"2026-01-31T18:30:00Z",
        "last_failure_at":null,"circuit":"closed","paused_until":null,"paused_by":null},
        "created_at":"2026-01-31T18:00:00Z","updated_at":"2026-01-31T18:00:00Z"
        """;

    private const string Delivery = """
        "id":"019c1524-c2c0-789c-896f-9c2fb1de4809","webhook_id":"019c1509-4c00-7000-8000-000000000001","event":"user.created",
        "event_id":"019c1524-c2c0-704c-9458-6767cc057b2f","status":"succeeded","test":false,"redelivery_of":null,"attempt_number":1,
        "response_status":200,"error":null,"duration_ms":30,"created_at":"2026-01-31T18:30:00.191201Z",
        "delivered_at":"2026-01-31T18:30:00.263468Z","next_attempt_at":null,"deliver_at":null,"ordering_key":null,"held":null
        """;

    private const string Redelivery = """
        "id":"019c154f-57c0-7e5c-8b1a-6d4f1a2b3c4d","webhook_id":"019c1509-4c00-7000-8000-000000000001","event":"user.created",
        "event_id":"019c1524-c2c0-704c-9458-6767cc057b2f","status":"pending","test":false,
        "redelivery_of":"019c1524-c2c0-789c-896f-9c2fb1de4809","attempt_number":0,"response_status":null,"error":null,"duration_ms":null,
        "created_at":"2026-01-31T19:16:31.104177Z","delivered_at":null,"next_attempt_at":"2026-01-31T19:16:31.104177Z",
        "deliver_at":null,"ordering_key":null,"held":null
        """;

    private const string Canceled = """
        "id":"019c1524-c2c0-789c-896f-9c2fb1de4809","webhook_id":"019c1509-4c00-7000-8000-000000000001","event":"user.created",
        "event_id":"019c1524-c2c0-704c-9458-6767cc057b2f","status":"canceled","test":false,"redelivery_of":null,"attempt_number":2,
        "response_status":503,"error":null,"duration_ms":31,"created_at":"2026-01-31T18:30:00.191201Z","delivered_at":null,
        "next_attempt_at":null,"deliver_at":null,"ordering_key":null,"held":null
        """;

    private const string Recovery = """
        "id":"019c1f92-6a40-7d3e-9c1b-2f8e4d5a6b7c","webhook_id":"019c1509-4c00-7000-8000-000000000001","from":"2026-01-31T18:00:00Z",
        "to":"2026-02-01T06:00:00Z","statuses":["failed","skipped"],"events":null,"response_status":null,"rate":50,"state":"running",
        "reason":null,"total":48213,"redelivered":12500,"done":12390,"failed":7,"created_at":"2026-02-02T19:16:31.104177Z",
        "finished_at":null
        """;

    private const string RecoveryPreview = """
        {"count":48213,"oldest":"2026-01-31T18:00:12.519204Z","newest":"2026-02-01T05:59:58.003117Z",
        "by_event":{"invoice.paid":20113,"user.created":28100},"complete":true}
        """;

    private const string Detail = $$"""
        {{{Delivery}},"response_body":"","payload":{"data":{"id":"usr_1"},"event":"user.created","timestamp":"2026-01-31T18:30:00.000Z",
        "webhook_id":"019c1509-4c00-7000-8000-000000000001"},"sent_body":null,"sent_headers":null,"transform_error":null,
        "attempts":[{"number":1,"started_at":"2026-01-31T18:30:00.233Z",
        "duration_ms":30,"response_status":200,"response_headers":null,"response_body":"","error":null,"message":null,
        "trigger":"schedule"}],"redacted_at":null}
        """;

    private const string Redacted = $$"""
        {{{Delivery}},"response_body":null,"payload":null,"sent_body":null,"sent_headers":null,
        "transform_error":null,"attempts":[{"number":1,"started_at":"2026-01-31T18:30:00.233Z",
        "duration_ms":30,"response_status":200,"response_headers":null,"response_body":null,"error":null,"message":null,
        "trigger":"schedule"}],
        "redacted_at":"2026-02-03T09:12:44.018302Z"}
        """;

    private const string Event = """
        "id":"019c1524-c2c0-704c-9458-6767cc057b2f","event":"user.created","test":false,"created_at":"2026-01-31T18:30:00.191201Z"
        """;

    private const string AuditEntry = """
        {"id":"019c1530-0e40-7f6b-9a1c-0d2e4f5a6b7c","at":"2026-01-31T18:42:20.104177Z","actor":{"kind":"user","id":"ada",
        "address":"203.0.113.7"},"action":"webhook.updated","resource":{"kind":"webhook","id":"019c1509-4c00-7000-8000-000000000001"},
        "webhook_id":"019c1509-4c00-7000-8000-000000000001","changes":[{"field":"url","before":"https://example.com/old",
        "after":"https://example.com/webhooks"}],"request_id":"0HNE4K5V8U0Q1:00000002"}
        """;

    private const string ApiKey = """
        "id":"019c1fc9-58a0-7d3e-9c1b-2f8e4d5a6b7c","org_id":"0197a000-0000-7000-8000-000000000001","name":"Billing service",
        "scopes":["webhooks:read","events:publish"],"prefix":"whk_032L9qGQjCfvV0sSxe6sua","made_by":null,
        "created_at":"2026-02-02T20:16:31.104177Z","expires_at":"2027-02-01T00:00:00Z"
        """;

    private const string PortalSession = """
        "id":"019c1fc9-58a0-7d3e-9c1b-2f8e4d5a6b7c","webhook_id":null,"read_only":true,
        "created_by":{"kind":"key","id":"019c1f02-1c3a-7b58-8d64-5e0f9a7c2b31"},"created_at":"2026-02-02T20:16:31.104177Z",
        "expires_at":"2026-02-02T20:31:31.104177Z","revoked_at":null
        """;

    private const string Organization = """
        "id":"0197a000-0000-7000-8000-000000000001","name":"Example Ltd","created_at":"2026-01-31T18:00:00Z","webhooks":3,
        "active_webhooks":2,"pending_deliveries":17,"max_webhooks":50,"publish_rate":{"per_second":20,"burst":100},
        "frame_ancestors":["https://app.example.com"],"refresh_url":"https://app.example.com/webhooks"
        """;

    private const string ErasedOrganization = """
        {"id":"0197a000-0000-7000-8000-000000000001","name":null,"created_at":"2026-01-31T18:00:00Z","webhooks":0,
        "active_webhooks":0,"pending_deliveries":0,"max_webhooks":null,"publish_rate":null,"frame_ancestors":[],
        "refresh_url":null,"erasure":{"state":"finished","began_at":"2026-02-02T09:00:00Z","requested_by":"user ada",
        "finished_at":"2026-02-02T09:04:12.104177Z",
        "rows":{"audit_entries":41,"webhook_deliveries":48213,"webhook_health":3,"webhooks":3} } }
        """;

    private const string Published = """
        {"id":"019c1524-c2c0-704c-9458-6767cc057b2f","event":"user.created","org_id":"0197a000-0000-7000-8000-000000000001","deliveries":1}
        """;

    private const string EventType = """
        {"name":"order.shipped","category":"Order","description":"An order left the warehouse.",
        "sample":{"order_id":"ord_1","parcels":2},"schema":{"type":"object","required":["order_id"],
        "properties":{"parcels":{"type":"integer","minimum":1}}},"validate":true,"archived":false,"built_in":false,
        "created_at":"2026-01-31T18:00:00Z","updated_at":"2026-01-31T18:00:00Z"}
        """;

    private const string Available = """
        {"data":[{"category":"User","events":[{"name":"user.created","description":"A user signed up.","sample":{"id":"usr_1"}}]}],
        "operational":[{"name":"webhook.enabled","description":"A webhook is active again.",
        "sample":{"webhook_id":"019c1509-4c00-7000-8000-000000000001"}}]}
        """;

    private const string Counts = """
        "deliveries":1204,"succeeded":1180,"failed":9,"canceled":0,"skipped":0,"attempts":1320,"failed_attempts":140,
        "success_rate":0.9924,"avg_attempts":1.0983,"first_attempt_rate":0.9335,
        "duration_ms":{"p50":31,"p95":148.5,"p99":907.5}
        """;

    private const string NoCounts = """
        "deliveries":0,"succeeded":0,"failed":0,"canceled":0,"skipped":0,"attempts":0,"failed_attempts":0,"success_rate":null,
        "avg_attempts":null,"first_attempt_rate":null,"duration_ms":{"p50":null,"p95":null,"p99":null}
        """;

    private const string Statistics = $$"""
        {"from":"2026-01-31T18:00:00Z","to":"2026-01-31T20:00:00Z","interval":"hour","since":"2026-01-02T09:15:00.402715Z",
        "totals":{ {{Counts}} },"series":[{"at":"2026-01-31T18:00:00Z",{{Counts}} },{"at":"2026-01-31T19:00:00Z",{{NoCounts}} }],
        "groups":[{"key":"user.created",{{Counts}},"series":[] }]}
        """;

    private static readonly Dictionary<string, string> _successes = new(StringComparer.Ordinal)
    {
        [OperationNames.CreateWebhook] = $$"""{{{Webhook}},"secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}""",
        [OperationNames.ListWebhooks] = $$"""{"data":[{{{Webhook}}}],"next_cursor":null}""",
        [OperationNames.GetWebhook] = $$"""{{{Webhook}}}""",
        [OperationNames.UpdateWebhook] = $$"""{{{Webhook}}}""",
        [OperationNames.TestWebhook] = Detail,
        [OperationNames.PullDeliveries] = """
            {"deliveries":[{"id":"019c1524-c2c0-789c-896f-9c2fb1de4809","lease_token":"6e0d3e0f-3a3e-4a80-9d3c-0f5f5a3c1b7e",
            "lease_until":"2026-01-31T18:32:00.233Z","attempt":1,"headers":{"X-Webhook-Event":"user.created",
            "X-Webhook-Signature":"b7f0a1c6e0d1f2a3948576869fa0b1c2d3e4f5061728394a5b6c7d8e9f001122",
            "webhook-id":"019c1524-c2c0-704c-9458-6767cc057b2f","webhook-timestamp":"1769884200",
            "webhook-signature":"v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
            "X-Webhook-Delivery":"019c1524-c2c0-789c-896f-9c2fb1de4809","X-Webhook-Attempt":"1",
            "Content-Type":"application/json; charset=utf-8"},"body":"{\"data\": {\"id\": \"usr_1\"}, \"event\": \"user.created\"}"}]}
            """,
        [OperationNames.ReportPulled] = """
            {"results":[{"id":"019c1524-c2c0-789c-896f-9c2fb1de4809","recorded":true,"status":"succeeded","problem":null},
            {"id":"019c1524-c2c0-7a1b-8c2d-3e4f5a6b7c8d","recorded":true,"status":"pending","problem":null}]}
            """,
        [OperationNames.TestFilter] = """
            {"matches":false,"conditions":[{"field":"data.amount","condition":{"$gte":100},"holds":true,"negated":false},
            {"field":"data.currency","condition":"EUR","holds":false,"negated":false}]}
            """,
        [OperationNames.TestTransform] = """
            {"outcome":"changed","sent_body":"{\"text\":\"user.created: Ada\"}","sent_headers":{"X-Kind":"user.created"},"error":null}
            """,
        [OperationNames.RotateSecret] = """
            {"secret":"whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDTB5x8mhrH2U=","previous_secret_expires_at":"2026-02-01T18:30:00Z"}
            """,
        [OperationNames.PromoteSecret] = $$"""{{{Webhook}}}""",
        [OperationNames.ListDeliveries] = $$"""{"data":[{{{Delivery}}}],"next_cursor":null}""",
        [OperationNames.GetDelivery] = Detail,
        [OperationNames.GetDeliveryRequest] = """
            {"attempt":1,"sent_at":"2026-01-31T18:30:00.233Z","method":"POST","url":"https://example.com/webhooks",
            "headers":{"X-Webhook-Event":"user.created",
            "X-Webhook-Signature":"b7f0a1c6e0d1f2a3948576869fa0b1c2d3e4f5061728394a5b6c7d8e9f001122",
            "webhook-id":"019c1524-c2c0-704c-9458-6767cc057b2f","webhook-timestamp":"1769884200",
            "webhook-signature":"v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
            "X-Webhook-Delivery":"019c1524-c2c0-789c-896f-9c2fb1de4809","X-Webhook-Attempt":"1","X-Api-Key":"********",
            "Content-Type":"application/json; charset=utf-8"},"body":"{\"data\": {\"id\": \"usr_1\"}, \"event\": \"user.created\"}"}
            """,
        [OperationNames.Redeliver] = $$"""{{{Redelivery}}}""",
        [OperationNames.RedactDelivery] = Redacted,
        [OperationNames.CancelDelivery] = $$"""{{{Canceled}}}""",
        [OperationNames.CancelDeliveries] = """{"canceled":48213,"under_way":3,"complete":true}""",
        [OperationNames.CreateRecovery] = $$"""{{{Recovery}}}""",
        [OperationNames.ListRecoveries] = $$"""{"data":[{{{Recovery}}}],"next_cursor":null}""",
        [OperationNames.GetRecovery] = $$"""{{{Recovery}}}""",
        [OperationNames.PauseRecovery] = $$"""{{{Recovery}}}""",
        [OperationNames.ResumeRecovery] = $$"""{{{Recovery}}}""",
        [OperationNames.CancelRecovery] = $$"""{{{Recovery}}}""",
        [OperationNames.ListAllDeliveries] = $$"""{"data":[{{{Delivery}}}],"next_cursor":null}""",
        [OperationNames.ListEvents] = $$"""
            {"data":[{{{Event}},"deliveries":{"pending":0,"succeeded":1,"failed":0,"canceled":0,"skipped":0} }],"next_cursor":null}
            """,
        [OperationNames.GetEvent] = $$"""
            {{{Event}},"timestamp":"2026-01-31T18:30:00.000Z","deliver_at":null,"ordering_key":null,"data":{"id":"usr_1"},
            "deliveries":[{{{Delivery}}}]}
            """,
        [OperationNames.ExplainWebhook] = $$"""
            {"reason":"delivered","detail":"It was delivered: an attempt was answered with 200 to 299.","webhook":{{{Webhook}}},
            "event":{"id":"019c1524-c2c0-704c-9458-6767cc057b2f","event":"user.created","created_at":"2026-01-31T18:30:00.191201Z"},
            "delivery":{{{Delivery}}} }
            """,
        [OperationNames.ListAudit] = $$"""{"data":[{{AuditEntry}}],"next_cursor":null}""",
        [OperationNames.GetStatistics] = Statistics,
        [OperationNames.GetWebhookStatistics] = Statistics,
        [OperationNames.GetBacklog] = """
            {"pending":47,"complete":true,"reasons":[
            {"reason":"circuit","count":40,"oldest_at":"2026-01-31T18:30:00.191201Z","next_attempt_at":null},
            {"reason":"retry","count":7,"oldest_at":"2026-01-31T18:31:10.402715Z","next_attempt_at":"2026-01-31T18:45:00.318Z"}]}
            """,
        [OperationNames.ListOrganizations] = $$"""{"data":[{{{Organization}},"erasure":null}],"next_cursor":null}""",
        [OperationNames.GetOrganization] = $$"""{{{Organization}},"erasure":null}""",
        [OperationNames.UpdateOrganization] = $$"""{{{Organization}},"erasure":null}""",
        [OperationNames.EraseOrganization] = ErasedOrganization,
        [OperationNames.PublishEvents] = Published,
        [OperationNames.CreateApiKey] = $$"""
            {{{ApiKey}},"last_used_at":null,"key":"whk_032L9qGQjCfvV0sSxe6sua4vJkQ2rT8yZ1bN6cM3xL7wP5dG9hF0aSe3Dspc4"}
            """,
        [OperationNames.ListApiKeys] = $$"""{"data":[{{{ApiKey}},"last_used_at":"2026-02-03T08:01:12Z"}],"next_cursor":null}""",
        [OperationNames.GetApiKey] = $$"""{{{ApiKey}},"last_used_at":"2026-02-03T08:01:12Z"}""",
        [OperationNames.CreatePortalSession] = $$"""
            {{{PortalSession}},"url":"https://webhooks.example.com/portal/?session=019c1fc9-58a0-7d3e-9c1b-2f8e4d5a6b7c#token=whs_…"}
            """,
        [OperationNames.ListPortalSessions] = $$"""{"data":[{{{PortalSession}}}],"next_cursor":null}""",
        [OperationNames.GetPortalSession] = """
            {
              "kind":"portal_session","org_id":"0197a000-0000-7000-8000-000000000001","organization_name":"Example Ltd",
              "webhook_id":null,"read_only":true,"scopes":["webhooks:read"],"expires_at":"2026-02-02T20:31:31.104177Z"
            }
            """,
        [OperationNames.ListAvailableEvents] = Available,
        [OperationNames.ListEventTypes] = $$"""{"data":[{{EventType}}],"next_cursor":null}""",
        [OperationNames.GetEventType] = EventType,
        [OperationNames.CreateEventType] = EventType,
        [OperationNames.UpdateEventType] = EventType,
        [OperationNames.ImportEventTypes] = """{"created":["order.shipped"],"updated":[],"unchanged":["order.placed"]}""",
    };

    private static readonly Dictionary<string, ProblemKind> _conflicts = new(StringComparer.Ordinal)
    {
        [OperationNames.CreateWebhook] = ProblemKind.TooManyWebhooks,
        [OperationNames.PublishEvents] = ProblemKind.ReusedEventId,
        [OperationNames.CreateApiKey] = ProblemKind.TooManyApiKeys,
        [OperationNames.CreatePortalSession] = ProblemKind.TooManyPortalSessions,
        [OperationNames.CreateEventType] = ProblemKind.EventTypeExists,
        [OperationNames.DeleteEventType] = ProblemKind.EventTypeKept,
        [OperationNames.RotateSecret] = ProblemKind.OverlapRuns,
        [OperationNames.PromoteSecret] = ProblemKind.NoOverlap,
        [OperationNames.GetDeliveryRequest] = ProblemKind.NotSent,
        [OperationNames.Redeliver] = ProblemKind.WebhookInactive,
        [OperationNames.TestWebhook] = ProblemKind.WebhookInactive,
        [OperationNames.PullDeliveries] = ProblemKind.NotPulled,
        [OperationNames.CancelDelivery] = ProblemKind.DeliveryFinished,
        [OperationNames.CreateRecovery] = ProblemKind.RecoveryRuns,
        [OperationNames.UpdateOrganization] = ProblemKind.OrganizationErased,
        [OperationNames.PauseRecovery] = ProblemKind.RecoveryEnded,
        [OperationNames.ResumeRecovery] = ProblemKind.RecoveryEnded,
        [OperationNames.CancelRecovery] = ProblemKind.RecoveryEnded,
    };

    /// <summary>Adds the example of an operation's answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="operation">The operation's name.</param>
    /// <param name="status">The answer's status.</param>
    public static void Describe(IOpenApiResponse answer, string operation, int status)
    {
        foreach (var content in answer.Content?.Values ?? [])
        {
            content.Example = status < StatusCodes.Status400BadRequest
                ? JsonNode.Parse(Success(operation, status))
                : Problem(KindOf(operation, status));
        }
    }

    private static string Success(string operation, int status) =>
        (operation, status) == (OperationNames.CreateRecovery, StatusCodes.Status200OK) ? RecoveryPreview : _successes[operation];

    private static ProblemKind KindOf(string operation, int status) => status switch
    {
        StatusCodes.Status400BadRequest => ProblemKind.InvalidRequest,
        StatusCodes.Status409Conflict => _conflicts[operation],
        _ => ProblemKind.All.First(kind => kind.Status == status),
    };

    private static JsonObject Problem(ProblemKind kind)
    {
        var problem = new JsonObject
        {
            ["type"] = kind.Type,
            ["title"] = kind.Title,
            ["status"] = kind.Status,
            ["detail"] = "What happened this time, and what to do.",
            ["request_id"] = "01a21939-6307-7425-bfee-af77a1165cfe",
        };
        if (kind == ProblemKind.InvalidRequest)
        {
            problem["errors"] = new JsonObject
            {
                ["events[0]"] = new JsonArray("'user.craeted' is not an event type. Did you mean user.created?"),
            };
        }

        return problem;
    }
}
