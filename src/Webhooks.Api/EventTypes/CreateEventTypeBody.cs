using Microsoft.AspNetCore.Http;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;

namespace Webhooks.Api.EventTypes;

/// <summary>The event type to make.</summary>
internal sealed record CreateEventTypeBody(NewEventType Type) : IRequestBody<CreateEventTypeBody>
{
    public static RequestDescription Description => RequestDescription.CreateEventType;

    public static int MostBytes(WebhooksLimits limits) => limits.EventBytes;

    public static CreateEventTypeBody? Read(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors)
    {
        var fields = new JsonFields(JsonBody.ParseObject(utf8Json.Span, EventTypeFields.MaxDepth), errors);
        var type = EventTypeFields.ReadNew(fields, path: "", errors);
        return errors.Count > 0 ? null : new CreateEventTypeBody(type!);
    }
}
