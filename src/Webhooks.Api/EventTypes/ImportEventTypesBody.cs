using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;

namespace Webhooks.Api.EventTypes;

/// <summary>The event types of a document: a list of them, or an OpenAPI document, whose webhooks they are.</summary>
internal sealed record ImportEventTypesBody(IReadOnlyList<NewEventType> Types) : IRequestBody<ImportEventTypesBody>
{
    private const string EventTypes = "event_types";

    public static RequestDescription Description => RequestDescription.ImportEventTypes;

    public static int MostBytes(WebhooksLimits limits) => limits.PublishBytes;

    public static ImportEventTypesBody? Read(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors)
    {
        var body = JsonBody.ParseObject(utf8Json.Span, EventTypeFields.MaxDepth);
        var types = body.TryGetProperty(OpenApiEventTypes.Mark, out _)
            ? new OpenApiEventTypes(body, errors).Read()
            : ReadList(new JsonFields(body, errors), errors);
        foreach (var repeated in types.GroupBy(type => type.Name).Where(same => same.Count() > 1))
        {
            errors.Add(repeated.Last().Path + EventTypeFields.Name, "The document has another event type of this name. Keep one.");
        }

        if (types.Count == 0 && errors.Count == 0)
        {
            errors.Add(EventTypes, "The document has no event type.");
        }

        return errors.Count > 0 ? null : new ImportEventTypesBody(types);
    }

    private static List<NewEventType> ReadList(JsonFields fields, FieldErrors errors)
    {
        var types = new List<NewEventType>();
        fields.Require(EventTypes);
        var list = fields.Value(EventTypes);
        fields.RefuseOthers();
        if (list is not { } array)
        {
            return types;
        }

        if (array.ValueKind != JsonValueKind.Array)
        {
            errors.Add(EventTypes, "It must be an array of event types.");
            return types;
        }

        foreach (var (index, item) in array.EnumerateArray().Index())
        {
            var path = $"{EventTypes}[{index}]";
            if (item.ValueKind != JsonValueKind.Object)
            {
                errors.Add(path, "It must be a JSON object: an event type.");
            }
            else if (EventTypeFields.ReadNew(new JsonFields(item, errors, path + "."), path + ".", errors) is { } type)
            {
                types.Add(type);
            }
        }

        return types;
    }
}
