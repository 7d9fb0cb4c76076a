using Microsoft.AspNetCore.Http;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Events;
using Webhooks.Core.Webhooks;

namespace Webhooks.Api.Webhooks;

/// <summary>The webhook to create.</summary>
internal sealed record CreateWebhookBody(NewWebhook Webhook) : IRequestBody<CreateWebhookBody>
{
    public static RequestDescription Description => RequestDescription.CreateWebhook;

    public static int MostBytes(WebhooksLimits limits) => WebhookFields.MostBytes(limits);

    public static CreateWebhookBody? Read(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors) =>
        WebhookFields.From(utf8Json, context, errors).ToNewWebhook() is { } webhook ? new CreateWebhookBody(webhook) : null;
}
