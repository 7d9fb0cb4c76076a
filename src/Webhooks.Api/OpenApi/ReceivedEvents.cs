using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Webhooks.Core.EventTypes;
using Webhooks.Core.Signals;

namespace Webhooks.Api.OpenApi;

/// <summary>The document's section <c>webhooks</c>: the request that receivers get, for each event type with its sample.</summary>
internal static class ReceivedEvents
{
    private const string Payload = "WebhookPayload";
    private const string SampleWebhook = "0198a6f0-4c00-7000-8000-000000000001";
    private const string SampleTime = "2026-01-31T18:30:00.000Z";

    private static readonly (string Name, string Description, string? Format, bool Always)[] _headers =
    [
        ("webhook-id", "The event's id: the same at every attempt, and whenever the event is sent to this webhook again.", "uuid", true),
        ("webhook-timestamp", "When this attempt was made, in seconds since 1970.", null, true),
        (
            "webhook-signature",
            "`v1,` and the base64 HMAC-SHA256 of `id.timestamp.body` (Standard Webhooks); several are separated by spaces: while a rotated "
                + "secret overlaps with the old one, that by the new secret and then that by the old.",
            null,
            true),
        ("X-Webhook-Event", "The event type.", null, true),
        (
            "X-Webhook-Signature",
            "The hexadecimal HMAC-SHA256 of the body; the key is the secret as it is written. While a rotated secret overlaps with the old "
                + "one, it is the old one, until the new one is promoted.",
            null,
            true),
        (
            "X-Webhook-Signature-Next",
            "While X-Webhook-Signature is made with the old secret: the same by the new one. Otherwise it is not sent.",
            null,
            false),
        ("X-Webhook-Delivery", "The delivery's id.", "uuid", true),
        ("X-Webhook-Attempt", "The number of this attempt; 1 for the first.", null, true),
    ];

    private static readonly (string Name, string Description)[] _answerHeaders =
    [
        (
            "Retry-After",
            "Of a 429 or 503: seconds, or a date. The next attempt is not sooner, and as late as a day from now if that is asked for."),
        ("webhook-delivery", "`abort-message` ends this delivery as failed."),
    ];

    public static void AddTo(OpenApiDocument document, EventCatalog types)
    {
        document.AddComponent(Payload, PayloadSchema());
        document.Webhooks ??= new Dictionary<string, IOpenApiPathItem>();
        foreach (var type in types.All.Concat(OperationalEvents.All))
        {
            document.Webhooks[type.Name] = new OpenApiPathItem
            {
                Operations = new Dictionary<HttpMethod, OpenApiOperation> { [HttpMethod.Post] = Describe(type, document) },
            };
        }
    }

    private static OpenApiOperation Describe(EventType type, OpenApiDocument document) => new()
    {
        OperationId = "Receive" + string.Concat(type.Name.Split('.', '_').Select(word => char.ToUpperInvariant(word[0]) + word[1..])),
        Summary = type.Name,
        Description = type.Description,
        Tags = new HashSet<OpenApiTagReference> { new(DocumentDescription.ReceivedEvents, document) },
        Security = [],
        Parameters = [.. _headers.Select(Header)],
        RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "The bytes that are signed. A webhook whose `payload_format` is `cloudevents` gets an event of CloudEvents 1.0 "
                + "instead, as `application/cloudevents+json`.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/json"] = new()
                {
                    Schema = new OpenApiSchema
                    {
                        AllOf =
                        [
                            new OpenApiSchemaReference(Payload, document),
                            new OpenApiSchema
                            {
                                Type = JsonSchemaType.Object,
                                Required = new HashSet<string>(StringComparer.Ordinal) { "event" },
                                Properties = new Dictionary<string, IOpenApiSchema>
                                {
                                    ["event"] = new OpenApiSchema { Type = JsonSchemaType.String, Const = type.Name },
                                },
                            },
                        ],
                    },
                    Example = new JsonObject
                    {
                        ["event"] = type.Name,
                        ["timestamp"] = SampleTime,
                        ["data"] = JsonNode.Parse(type.Sample),
                        ["webhook_id"] = SampleWebhook,
                    },
                },
            },
        },
        Responses = new OpenApiResponses
        {
            ["2XX"] = new OpenApiResponse { Description = "Received. The body is kept for the history; it does not matter otherwise." },
            ["default"] = new OpenApiResponse
            {
                Description = "Not received, as no answer: it is tried again, until the last attempt.",
                Headers = _answerHeaders.ToDictionary(header => header.Name, AnswerHeader),
            },
        },
    };

    private static IOpenApiHeader AnswerHeader((string Name, string Description) header) => new OpenApiHeader
    {
        Description = header.Description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static IOpenApiParameter Header((string Name, string Description, string? Format, bool Always) header) => new OpenApiParameter
    {
        Name = header.Name,
        In = ParameterLocation.Header,
        Required = header.Always,
        Description = header.Description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = header.Format },
    };

    private static OpenApiSchema PayloadSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "What a webhook is sent.",
        Required = new HashSet<string>(StringComparer.Ordinal) { "event", "timestamp", "data", "webhook_id" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["event"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The event type." },
            ["timestamp"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Format = "date-time",
                Description = "When it happened, UTC, with milliseconds.",
            },
            ["data"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                AdditionalProperties = new OpenApiSchema(),
                Description = "What happened; other members may be added.",
            },
            ["webhook_id"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Format = "uuid",
                Description = "The webhook that it is sent to.",
            },
        },
    };
}
