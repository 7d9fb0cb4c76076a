using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Webhooks.Api.ApiKeys;
using Webhooks.Api.Authentication;
using Webhooks.Api.Organizations;
using Webhooks.Api.Pull;
using Webhooks.Api.Recoveries;
using Webhooks.Api.Webhooks;
using Webhooks.Core;
using Webhooks.Core.Deliveries;
using Webhooks.Core.EventTypes;
using Webhooks.Core.Filters;
using Webhooks.Core.PortalSessions;
using Webhooks.Core.Pull;
using Webhooks.Core.Recoveries;
using Webhooks.Core.Transforms;
using Webhooks.Core.Webhooks;

namespace Webhooks.Api.OpenApi;

/// <summary>
/// Endpoint metadata: the JSON body of an operation, for the OpenAPI document. It is not the framework's metadata of accepted content
/// types, because that refuses other Content-Types with 415.
/// </summary>
/// <param name="Name">The schema's name in the document.</param>
/// <param name="Required">Whether the operation needs a body.</param>
/// <param name="Schema">Makes the schema of the object, with the bounds of this installation.</param>
/// <param name="Example">An example of the body, as JSON.</param>
/// <param name="OrArray">Whether an array of such objects is taken too.</param>
internal sealed record RequestDescription(
    string Name,
    bool Required,
    Func<WebhooksLimits, OpenApiSchema> Schema,
    string Example,
    bool OrArray = false)
{
    public static readonly RequestDescription CreateWebhook = new(
        "CreateWebhook",
        Required: true,
        limits => Object(WebhookProperties(limits), required: ["events"]),
        """
        {"url": "https://example.com/webhooks", "events": ["user.created", "subscription.created"], "description": "My webhook",
         "active": true, "filter": {"data": {"plan": {"$in": ["pro", "enterprise"]}}}, "retry_delays": [60, 600, 3600, 86400],
         "timeout_seconds": 10}
        """);

    public static readonly RequestDescription UpdateWebhook = new(
        "UpdateWebhook",
        Required: true,
        limits => Object(WebhookProperties(limits)),
        """
        {"events": ["*"], "description": null, "retry_delays": null}
        """);

    public static readonly RequestDescription TestWebhook = new(
        "TestWebhook",
        Required: false,
        _ => Object(new()
        {
            ["event"] = Text("The event type whose sample is sent. Without it, the webhook's first."),
            ["data"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "The event's data in place of the sample, by the rules of events that are published; `event` has to be "
                    + "given.",
            },
        }),
        """
        {"event": "user.created", "data": {"id": "usr_1"}}
        """);

    public static readonly RequestDescription PullDeliveries = new(
        "PullDeliveries",
        Required: false,
        _ => Object(new()
        {
            ["limit"] = WholeNumber(
                PullLease.Most, description: $"The most deliveries; {PullBody.DefaultLimit} when it is left out."),
            ["wait_seconds"] = WholeNumber(
                (int)PullLease.LongestWait.TotalSeconds,
                least: 0,
                description: "How long to wait for the first delivery; 0, so that the answer comes at once, when it is left out."),
        }),
        """
        {"limit": 20, "wait_seconds": 20}
        """);

    public static readonly RequestDescription ReportPulled = new(
        "ReportPulled",
        Required: true,
        limits => new OpenApiSchema
        {
            Type = JsonSchemaType.Array,
            MinItems = 1,
            MaxItems = PullLease.Most,
            Description = "Results, of each delivery once.",
            Items = Object(
                new()
                {
                    ["id"] = Uuid("The delivery."),
                    ["lease_token"] = Uuid("The lease that it was pulled with."),
                    ["status"] = WholeNumber(599, least: 100, description: "The HTTP status of the answer; or `error` in its place."),
                    ["body"] = Text($"The answer's body; its first {limits.ResponseBytes} bytes are kept."),
                    ["error"] = new OpenApiSchema
                    {
                        Type = JsonSchemaType.String,
                        MaxLength = PullResultsBody.MostErrorCharacters,
                        Description = "Why there was no answer, as a code that attempts have, or a text of your own, which is kept as the "
                            + "attempt's `message`.",
                    },
                    ["duration_ms"] = WholeNumber(
                        PullResultsBody.LongestDuration,
                        least: 0,
                        description: "How long it took, in milliseconds; the time since the pull when it is left out."),
                },
                required: ["id", "lease_token"]),
        },
        """
        [{"id": "019c1524-c2c0-789c-896f-9c2fb1de4809", "lease_token": "6e0d3e0f-3a3e-4a80-9d3c-0f5f5a3c1b7e",
          "status": 200, "duration_ms": 31},
         {"id": "019c1524-c2c0-7a1b-8c2d-3e4f5a6b7c8d", "lease_token": "6e0d3e0f-3a3e-4a80-9d3c-0f5f5a3c1b7e",
          "error": "connection_refused"}]
        """);

    public static readonly RequestDescription TestFilter = new(
        "TestFilter",
        Required: true,
        _ => Object(
            new()
            {
                ["filter"] = FilterSchema(JsonSchemaType.Object, "The filter to try."),
                ["payload"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Description = "What it is tried on, as webhooks get it.",
                    Required = new HashSet<string>(StringComparer.Ordinal) { "event", "timestamp", "data" },
                    Properties = new Dictionary<string, IOpenApiSchema>
                    {
                        ["event"] = Text("The event type."),
                        ["timestamp"] = Text("When it happened."),
                        ["data"] = new OpenApiSchema { Description = "What happened." },
                    },
                    AdditionalProperties = new OpenApiSchema(),
                },
            },
            required: ["filter", "payload"]),
        """
        {"filter": {"data": {"amount": {"$gte": 100}, "currency": "EUR"}},
         "payload": {"event": "payment.succeeded", "timestamp": "2026-01-31T18:30:00.000Z", "data": {"amount": 250, "currency": "USD"}}}
        """);

    public static readonly RequestDescription TestTransform = new(
        "TestTransform",
        Required: true,
        _ => Object(
            new()
            {
                ["transform"] = Text("The transform to try."),
                ["payload"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Description = "What it is tried on, as webhooks get it, in either form.",
                    AdditionalProperties = new OpenApiSchema(),
                },
            },
            required: ["transform", "payload"]),
        """
        {"transform": "function handler(webhook) {\n  webhook.payload = {text: `Hello ${webhook.payload.data.name}`};\n  return webhook;\n}",
         "payload": {"event": "user.created", "timestamp": "2026-01-31T18:30:00.000Z", "data": {"name": "Ada"}}}
        """);

    public static readonly RequestDescription RotateSecret = new(
        "RotateSecret",
        Required: false,
        _ => Object(new()
        {
            ["overlap_seconds"] = WholeNumber(
                RotateSecretBody.MostOverlapSeconds,
                least: 0,
                description: "How long the old secret still signs beside the new one; "
                    + $"{RotateSecretBody.DefaultOverlapSeconds} (a day) when it is left out. 0 erases it at once."),
            ["force"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Boolean,
                Description = "Whether to rotate although the overlap of the last rotation runs, which is false when it is left out. The "
                    + "secret before that is erased then.",
            },
        }),
        """
        {"overlap_seconds": 86400}
        """);

    public static readonly RequestDescription CancelDeliveries = new(
        "CancelDeliveries",
        Required: true,
        _ => Object(
            new()
            {
                ["created_before"] = Time("Deliveries that were created before this time are canceled; a time in the future is now."),
            },
            required: ["created_before"]),
        """
        {"created_before": "2026-01-31T18:30:00Z"}
        """);

    public static readonly RequestDescription CreateRecovery = new(
        "CreateRecovery",
        Required: true,
        _ => Object(
            new()
            {
                ["from"] = Time("Deliveries that were created at this time or later. Not before the time from which they are kept."),
                ["to"] = Time("Deliveries that were created before this time. Not in the future."),
                ["statuses"] = Texts(
                    "The states to recover: `failed`, `skipped` (events that came while the webhook was not active), `canceled`.",
                    RecoveryScope.Recoverable),
                ["events"] = Texts("Only these event types; all when it is left out."),
                ["response_status"] = WholeNumber(
                    599, least: 100, description: "Only deliveries whose last answer had this HTTP status."),
                ["rate"] = WholeNumber(
                    CreateRecoveryBody.MostRate,
                    description: "The most redeliveries a second. When it is left out, a quarter of what the receiver takes: 128 attempts "
                        + "at once, divided by the time that its latest answers with 2xx took, from 1 to 500 a second; 10 a second when "
                        + "there are none."),
                ["dry_run"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Boolean,
                    Description = "Whether only to count what there is, which is false when it is left out.",
                },
            },
            required: ["from", "to", "statuses"]),
        """
        {"from": "2026-01-31T18:00:00Z", "to": "2026-02-01T06:00:00Z", "statuses": ["failed", "skipped"], "rate": 50}
        """);

    public static readonly RequestDescription CreateApiKey = new(
        "CreateApiKey",
        Required: true,
        _ => Object(
            new()
            {
                ["name"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    MinLength = 1,
                    MaxLength = CreateApiKeyBody.MostNameCharacters,
                    Description = "What the key is for.",
                },
                ["scopes"] = Texts("What the key allows: no more than the token or key of this request does.", Scopes.All),
                ["expires_at"] = Time("From when on the key is no longer accepted; never when it is left out. A key that is made with "
                    + "another key ends with that at the latest."),
            },
            required: ["name", "scopes"]),
        """
        {"name": "Billing service", "scopes": ["webhooks:read", "events:publish"], "expires_at": "2099-02-01T00:00:00Z"}
        """);

    public static readonly RequestDescription CreatePortalSession = new(
        "CreatePortalSession",
        Required: false,
        _ => Object(new()
        {
            ["webhook_id"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String | JsonSchemaType.Null,
                Format = "uuid",
                Description = "The one webhook that the session is for; all of the organization's when it is left out.",
            },
            ["read_only"] = new OpenApiSchema { Type = JsonSchemaType.Boolean, Description = "Whether it may change nothing. False." },
            ["expires_in_seconds"] = WholeNumber(
                (int)NewPortalSession.Longest.TotalSeconds,
                description: $"How long it is accepted; {(int)NewPortalSession.Usual.TotalSeconds} when it is left out. A session ends "
                    + "with the key that made it at the latest.",
                least: (int)NewPortalSession.Shortest.TotalSeconds),
        }),
        """
        {"read_only": true, "expires_in_seconds": 900}
        """);

    public static readonly RequestDescription UpdateOrganization = new(
        "UpdateOrganization",
        Required: true,
        limits => Object(new()
        {
            ["name"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String | JsonSchemaType.Null,
                MaxLength = UpdateOrganizationBody.MostNameCharacters,
                Description = "What you call it; null or empty for no name.",
            },
            ["max_webhooks"] = WholeNumber(
                UpdateOrganizationBody.MostWebhooks,
                JsonSchemaType.Null,
                $"The most webhooks that it may have; null for the installation's limit, {limits.WebhooksPerOrganization}. It takes "
                + "nothing away from an organization that has more.",
                least: 0),
            ["publish_rate"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object | JsonSchemaType.Null,
                Description = "How many events it may publish, over HTTP and the queue together; null for no limit. What is too much is "
                    + "429 over HTTP; messages of the queue wait.",
                Properties = new Dictionary<string, IOpenApiSchema>
                {
                    ["per_second"] = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Number,
                        Format = "double",
                        Minimum = UpdateOrganizationBody.LeastPerSecond.ToString(CultureInfo.InvariantCulture),
                        Maximum = UpdateOrganizationBody.MostPerSecond.ToString(CultureInfo.InvariantCulture),
                        Description = "Events a second, in the long run.",
                    },
                    ["burst"] = WholeNumber(
                        UpdateOrganizationBody.MostBurst, description: "The most at once, after a while without any; also in one array."),
                },
                Required = new HashSet<string>(StringComparer.Ordinal) { "per_second", "burst" },
                AdditionalPropertiesAllowed = false,
            },
            ["frame_ancestors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                MaxItems = UpdateOrganizationBody.MostFrameAncestors,
                Items = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = UpdateOrganizationBody.MostUrlCharacters },
                Description = "The origins whose pages may show the organization's portal in a frame, as browsers write them: "
                    + "`https://app.example.com`. None at first.",
            },
            ["refresh_url"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String | JsonSchemaType.Null,
                Format = "uri",
                MaxLength = UpdateOrganizationBody.MostUrlCharacters,
                Description = "Where somebody whose session of the portal has ended gets another: a page of your product; null for none.",
            },
        }),
        """
        {
          "name": "Example Ltd", "max_webhooks": 50, "publish_rate": {"per_second": 20, "burst": 100},
          "frame_ancestors": ["https://app.example.com"], "refresh_url": "https://app.example.com/webhooks"
        }
        """);

    public static readonly RequestDescription PublishEvents = new(
        "PublishEvent",
        Required: true,
        limits => Object(EventProperties(limits), required: ["event", "data"]),
        """
        {
          "event": "user.created", "data": {"id": "usr_1", "email": "ada@example.com"},
          "id": "signup-4711", "timestamp": "2026-01-31T18:30:00Z"
        }
        """,
        OrArray: true);

    public static readonly RequestDescription CreateEventType = new(
        "CreateEventType",
        Required: true,
        _ => EventTypeSchema(),
        """
        {"name": "order.shipped", "category": "Order", "description": "An order left the warehouse.",
         "sample": {"order_id": "ord_1", "parcels": 2}, "validate": true,
         "schema": {"type": "object", "required": ["order_id"], "properties": {"parcels": {"type": "integer", "minimum": 1}}}}
        """);

    public static readonly RequestDescription UpdateEventType = new(
        "UpdateEventType",
        Required: true,
        _ => Object(EventTypeProperties()),
        """
        {"description": "An order left the warehouse, or a part of it.", "archived": false}
        """);

    public static readonly RequestDescription ImportEventTypes = new(
        "ImportEventTypes",
        Required: true,
        _ => new OpenApiSchema
        {
            OneOf =
            [
                Object(
                    new()
                    {
                        ["event_types"] = new OpenApiSchema
                        {
                            Type = JsonSchemaType.Array,
                            MinItems = 1,
                            Items = EventTypeSchema(),
                            Description = "Event types, each name once.",
                        },
                    },
                    required: ["event_types"]),
                new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Description = "An OpenAPI document, version 3.1 or later.",
                    Required = new HashSet<string>(StringComparer.Ordinal) { "openapi", "webhooks" },
                    Properties = new Dictionary<string, IOpenApiSchema>
                    {
                        ["openapi"] = Text("The version of OpenAPI."),
                        ["webhooks"] = new OpenApiSchema
                        {
                            Type = JsonSchemaType.Object,
                            AdditionalProperties = new OpenApiSchema(),
                            Description = "The event types, by name.",
                        },
                    },
                    AdditionalProperties = new OpenApiSchema(),
                },
            ],
        },
        """
        {"event_types": [{"name": "order.shipped", "category": "Order", "description": "An order left the warehouse.",
         "sample": {"order_id": "ord_1", "parcels": 2}}]}
        """);

    /// <summary>The example, parsed.</summary>
    public JsonNode ParseExample() => JsonNode.Parse(Example)!;

    private static OpenApiSchema FilterSchema(JsonSchemaType type, string description) =>
        new() { Type = type, Description = description, AdditionalProperties = new OpenApiSchema() };

    private static Dictionary<string, IOpenApiSchema> WebhookProperties(WebhooksLimits limits) => new()
    {
        ["mode"] = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Enum = [.. WebhookMode.All.Select(mode => (JsonNode)JsonValue.Create(mode))],
            Description = "How deliveries come to its receiver: `push`, as for a new webhook, they are posted to `url`; `pull`, it fetches "
                + "them, for receivers that cannot be reached. When it changes, what is pending goes the new way.",
        },
        ["url"] = new OpenApiSchema
        {
            Type = JsonSchemaType.String | JsonSchemaType.Null,
            Format = "uri",
            MaxLength = limits.UrlLength,
            Description = "Where deliveries are posted, which has to be said unless `mode` is `pull`: an absolute http or https URL "
                + "without user name and password. It is stored, "
                + "shown and requested "
                + "with its host in ASCII (punycode) and what may not stand in a request percent-encoded; the rest of it byte for byte.",
        },
        ["events"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Array,
            MinItems = 1,
            MaxItems = limits.EventsPerWebhook,
            Items = new OpenApiSchema { Type = JsonSchemaType.String },
            Description = "Event types (GET /api/v1/webhooks/events/available lists all), `user.*` for all below `user.`, or `*` "
                + "for all; operational ones only by their names.",
        },
        ["description"] = new OpenApiSchema
        {
            Type = JsonSchemaType.String | JsonSchemaType.Null,
            MaxLength = limits.DescriptionLength,
            Description = "A note of your own; null or empty for none.",
        },
        ["active"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Boolean,
            Description = "Whether events are delivered to it; true for a new webhook.",
        },
        ["retry_delays"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Array | JsonSchemaType.Null,
            MaxItems = WebhookSchedule.MostDelays,
            Items = WholeNumber(WebhookSchedule.LongestDelay),
            Description = "The waits between attempts, in seconds: one attempt more than there are waits. An empty array means one attempt "
                + "only; null, as for a new webhook, the system's waits, which are 1 min, 5 min, 15 min, 1 h and 2 h unless the operator "
                + "has set others. A pending delivery keeps the time of its next attempt, and follows a change from then on. Together they "
                + "must end a week before deliveries are no longer kept.",
        },
        ["filter"] = FilterSchema(
            JsonSchemaType.Object | JsonSchemaType.Null,
            "Which of these events it gets, by what is in them; null, as for a new webhook, for all. A pattern of the payload: fields are "
            + "joined by and, and a value means equal. Operators: `$eq` `$neq` `$gt` `$gte` `$lt` `$lte` `$in` `$nin` `$startsWith` "
            + "`$endsWith` `$contains` `$exist` `$and` `$or` `$not`. A condition on an array holds if it holds for an element. A field "
            + "that is missing fulfils only `$exist: false`, `$neq`, `$nin` and `$not`. At most "
            + $"{Filter.MostConditions} conditions, {Filter.GreatestDepth} levels and "
            + $"{Filter.MostBytes} bytes. It is about events that come after it was set."),
        ["transform"] = new OpenApiSchema
        {
            Type = JsonSchemaType.String | JsonSchemaType.Null,
            MaxLength = TransformLimits.SourceCharacters,
            Description = "JavaScript with a `function handler(webhook)`, which gets `{event, payload, headers}` and returns what is to be "
                + "sent, or `{cancel: true}`; null or empty, as for a new webhook, for none. It runs once for a delivery, before its first "
                + "attempt, without a clock, chance or a way out, within 50 ms, 10 MB and 50,000 statements. Where it fails, so does the "
                + "delivery (`transform_failed`).",
        },
        ["payload_format"] = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Enum = [.. PayloadFormat.All.Select(format => (JsonNode)JsonValue.Create(format))],
            Description = "In which form it gets events: `standard`, as for a new webhook, or `cloudevents`, an event of CloudEvents 1.0 "
                + "with the Content-Type `application/cloudevents+json`. What was published before keeps the form that it has.",
        },
        ["headers"] = Pairs(
            RequestHeaders.Most,
            RequestHeaders.MostValueCharacters,
            "Headers that its requests have beside the system's, tests included; null, as for a new webhook, for none. They are stored "
            + "encrypted and shown masked; to change one, give all. Names that the system sets, such as `Content-Type` and "
            + "`webhook-signature`, that are about the connection, or that clouds give a meaning, are refused."),
        ["metadata"] = Pairs(
            WebhookMetadata.Most,
            WebhookMetadata.MostValueCharacters,
            "Labels of your own, which the list can be filtered by; null for none. What is given takes the place of all that there are."),
        ["timeout_seconds"] = WholeNumber(
            WebhookSchedule.LongestTimeout,
            JsonSchemaType.Null,
            "The time for one attempt, in seconds: connecting, sending and waiting for the status of the answer, of test deliveries, too. "
            + "Null, as for a new webhook, is the system's time, 30 s unless the operator has set another; it is never exceeded."),
        ["keep_skipped"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Boolean,
            Description = "Whether events that come while it is inactive are kept, as deliveries whose status is `skipped`: nothing is "
                + "sent, but they are in the history and can be redelivered. True for a new webhook.",
        },
    };

    private static OpenApiSchema EventTypeSchema() => Object(
        new(EventTypeProperties())
        {
            ["name"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                MaxLength = EventTypeRules.MostNameCharacters,
                Pattern = EventTypeRules.NamePattern,
                Description = "What webhooks and events name: words of small letters with dots between them. It never changes.",
            },
        },
        required: ["name", "category", "description"]);

    private static Dictionary<string, IOpenApiSchema> EventTypeProperties() => new()
    {
        ["category"] = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            MaxLength = EventTypeRules.MostCategoryCharacters,
            Description = "The heading that it is listed under.",
        },
        ["description"] = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            MaxLength = EventTypeRules.MostDescriptionCharacters,
            Description = "When it is published, in a sentence.",
        },
        ["sample"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object | JsonSchemaType.Null,
            AdditionalProperties = new OpenApiSchema(),
            Description = "A realistic `data` object, which test deliveries send. It has to fit the schema.",
        },
        ["schema"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object | JsonSchemaType.Null,
            AdditionalProperties = new OpenApiSchema(),
            Description = "What `data` looks like: JSON Schema 2020-12; null for nothing. A `$ref` stays within the schema: nothing is "
                + $"ever fetched. Regular expressions may not look around or back. At most {DataSchema.MostBytes} bytes.",
        },
        ["validate"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Boolean,
            Description = "Whether an event whose `data` does not fit the schema is refused. False for a new type.",
        },
        ["archived"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Boolean,
            Description = "Whether it is no longer offered. It may still be published, and is delivered. False for a new type.",
        },
    };

    private static Dictionary<string, IOpenApiSchema> EventProperties(WebhooksLimits limits) => new()
    {
        ["event"] = Text("The event type."),
        ["data"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            AdditionalProperties = new OpenApiSchema(),
            Description =
                "What happened. Receivers get the same JSON value, written anew: members are in an order of their own, numbers are "
                + "written out without "
                + "an exponent (`1E2` as `100`, `-0` as `0`) with the digits that they had, and escapes and white space may differ. "
                + "Nothing is lost: a "
                + "member that is given twice is refused, and so is what cannot be kept exactly.",
        },
        ["org_id"] = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Format = "uuid",
            Description = "The organization: that of the token, unless the token may publish for any, which must name it.",
        },
        ["id"] = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            MinLength = 1,
            MaxLength = limits.EventKeyLength,
            Description = "Your idempotency key: it names one event for seven days. The same event again makes no second delivery; "
                + "another event under it is refused with 409.",
        },
        ["timestamp"] = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Format = "date-time",
            Description =
                "When it happened: RFC 3339, which also has `t`, `z` and leap seconds, or ISO 8601 without seconds. Receivers get it "
                + "in UTC with "
                + "milliseconds. Without it, when it is accepted.",
        },
        ["deliver_at"] = Time(
            $"When the first attempts are wanted, up to {WebhooksLimits.LongestDelay.TotalDays} days ahead; at once when it has passed or "
            + "is left out. The same event again, under its `id`, changes nothing about it."),
        ["ordering_key"] = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            MinLength = 1,
            MaxLength = WebhooksLimits.OrderingKeyLength,
            Description = "Your name for what has to come in order, as the id of a customer. It is kept with the deliveries.",
        },
        ["traceparent"] = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Pattern = "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
            Description =
                "The W3C trace context of what you were doing, which the event's trace links to. For the queue: over HTTP, the header "
                + "of this name "
                + "does more.",
        },
    };

    private static OpenApiSchema Object(Dictionary<string, IOpenApiSchema> properties, params IEnumerable<string> required) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = properties,
        Required = required.ToHashSet(StringComparer.Ordinal),
        AdditionalPropertiesAllowed = false,
    };

    private static OpenApiSchema WholeNumber(
        int most, JsonSchemaType or = default, string? description = null, int least = 1) => new()
        {
            Type = JsonSchemaType.Integer | or,
            Format = "int32",
            Minimum = least.ToString(CultureInfo.InvariantCulture),
            Maximum = most.ToString(CultureInfo.InvariantCulture),
            Description = description,
        };

    private static OpenApiSchema Pairs(int most, int mostCharacters, string description) => new()
    {
        Type = JsonSchemaType.Object | JsonSchemaType.Null,
        MaxProperties = most,
        AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = mostCharacters },
        Description = description,
    };

    private static OpenApiSchema Texts(string description, IEnumerable<string>? values = null) => new()
    {
        Type = JsonSchemaType.Array,
        MinItems = 1,
        Items = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Enum = values?.Select(value => (JsonNode)JsonValue.Create(value)).ToList(),
        },
        Description = description,
    };

    private static OpenApiSchema Time(string description) =>
        new() { Type = JsonSchemaType.String, Format = "date-time", Description = description };

    private static OpenApiSchema Uuid(string description) =>
        new() { Type = JsonSchemaType.String, Format = "uuid", Description = description };

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
}
