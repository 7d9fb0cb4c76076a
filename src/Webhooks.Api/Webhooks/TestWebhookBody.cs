using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Webhooks.Api.Authentication;
using Webhooks.Api.EventTypes;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Events;

namespace Webhooks.Api.Webhooks;

/// <summary>What to send as a test.</summary>
/// <param name="Event">An event type; null for the webhook's first.</param>
/// <param name="Data">The event's data as JSON; null for the type's sample.</param>
internal sealed record TestWebhookBody(string? Event, ReadOnlyMemory<byte>? Data) : IRequestBody<TestWebhookBody>
{
    private const string EventField = "event";
    private const string DataField = "data";

    public static RequestDescription Description => RequestDescription.TestWebhook;

    public static int MostBytes(WebhooksLimits limits) => limits.EventBytes;

    public static TestWebhookBody? Read(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors)
    {
        var fields = JsonFields.Of(utf8Json, errors);
        var name = fields.Text(EventField);
        if (fields.Value(DataField) is not null)
        {
            fields.RefuseOthers();
            return errors.Count > 0 ? null : ReadEvent(utf8Json, context, errors);
        }

        if (name is not null && EventNames.Problem(name, context.EventTypes()) is { } problem)
        {
            errors.Add(EventField, problem);
        }

        fields.RefuseOthers();
        return errors.Count > 0 ? null : new TestWebhookBody(name, Data: null);
    }

    /// <summary>
    /// Reads it as an event that is published, by the same rules: a test of something that could not come would prove nothing.
    /// </summary>
    private static TestWebhookBody? ReadEvent(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors)
    {
        var read = context.RequestServices.GetRequiredService<EventMessageReader>().Read(utf8Json, context.User.FindOrganizationId());
        if (read.Errors.Count == 0)
        {
            return new TestWebhookBody(read.Messages[0].Event, read.Messages[0].Data);
        }

        errors.Add(read.Errors);
        return null;
    }
}
