using Microsoft.AspNetCore.Http;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;

namespace Webhooks.Api.EventTypes;

/// <summary>What to change of an event type.</summary>
internal sealed record UpdateEventTypeBody(EventTypeChanges Changes) : IRequestBody<UpdateEventTypeBody>
{
    public static RequestDescription Description => RequestDescription.UpdateEventType;

    public static int MostBytes(WebhooksLimits limits) => limits.EventBytes;

    public static UpdateEventTypeBody? Read(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors)
    {
        var fields = new JsonFields(JsonBody.ParseObject(utf8Json.Span, EventTypeFields.MaxDepth), errors);
        var changes = EventTypeFields.ReadChanges(fields, path: "", errors);
        return errors.Count > 0 ? null : new UpdateEventTypeBody(changes);
    }
}
