using Microsoft.AspNetCore.Http;
using Webhooks.Api.EventTypes;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Events;

namespace Webhooks.Api.Webhooks;

/// <summary>Which sample to send.</summary>
/// <param name="Event">An event type; null for the webhook's first.</param>
internal sealed record TestWebhookBody(string? Event) : IRequestBody<TestWebhookBody>
{
    private const string EventField = "event";

    public static RequestDescription Description => RequestDescription.TestWebhook;

    public static int MostBytes(WebhooksLimits limits) => limits.RequestBytes;

    public static TestWebhookBody? Read(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors)
    {
        var fields = JsonFields.Of(utf8Json, errors);
        var name = fields.Text(EventField);
        if (name is not null && EventNames.Problem(name, context.EventTypes()) is { } problem)
        {
            errors.Add(EventField, problem);
        }

        fields.RefuseOthers();
        return errors.Count > 0 ? null : new TestWebhookBody(name);
    }
}
