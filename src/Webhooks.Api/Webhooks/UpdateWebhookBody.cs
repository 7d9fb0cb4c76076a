using Microsoft.AspNetCore.Http;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Events;
using Webhooks.Core.Webhooks;

namespace Webhooks.Api.Webhooks;

/// <summary>What to change of a webhook.</summary>
internal sealed record UpdateWebhookBody(WebhookChanges Changes) : IRequestBody<UpdateWebhookBody>
{
    private static readonly WebhookChanges _noChange = new();

    public static RequestDescription Description => RequestDescription.UpdateWebhook;

    /// <summary>Whether there is nothing to change.</summary>
    public bool IsEmpty => Changes == _noChange;

    public static int MostBytes(WebhooksLimits limits) => WebhookFields.MostBytes(limits);

    public static UpdateWebhookBody? Read(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors) =>
        WebhookFields.From(utf8Json, context, errors).ToChanges() is { } changes ? new UpdateWebhookBody(changes) : null;
}
