using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Events;
using Webhooks.Core.Transforms;

namespace Webhooks.Api.Transforms;

/// <summary>A transform to try, and what it is given.</summary>
internal sealed record TestTransformBody(string Transform, TransformInput Input) : IRequestBody<TestTransformBody>
{
    private const string TransformField = "transform";
    private const string PayloadField = "payload";

    public static RequestDescription Description => RequestDescription.TestTransform;

    public static int MostBytes(WebhooksLimits limits) => limits.PublishBytes;

    public static TestTransformBody? Read(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors)
    {
        var fields = JsonFields.Of(utf8Json, errors);
        var source = fields.Text(TransformField);
        var input = fields.Value(PayloadField) is { } payload ? ReadPayload(payload, errors) : null;
        fields.Require(TransformField);
        fields.Require(PayloadField);
        fields.RefuseOthers();
        return errors.Count > 0 ? null : new TestTransformBody(source!, input!);
    }

    /// <summary>Of either form: the event type is called <c>event</c> in one and <c>type</c> in the other.</summary>
    private static TransformInput? ReadPayload(JsonElement payload, FieldErrors errors)
    {
        if (payload.ValueKind == JsonValueKind.Object
            && (payload.TryGetProperty("event", out var name) || payload.TryGetProperty("type", out name))
            && name.ValueKind == JsonValueKind.String)
        {
            return new TransformInput(name.GetString()!, payload.GetRawText());
        }

        errors.Add(PayloadField, "It must be an object as webhooks get it: {\"event\":…,\"timestamp\":…,\"data\":{…}}.");
        return null;
    }
}
