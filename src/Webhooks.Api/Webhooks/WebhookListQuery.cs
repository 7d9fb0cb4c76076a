using Microsoft.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Webhooks;

namespace Webhooks.Api.Webhooks;

/// <summary>Which webhooks to list.</summary>
internal sealed record WebhookListQuery(WebhookFilter Filter, int Limit, Guid? After) : IRequestQuery<WebhookListQuery>
{
    private static readonly QueryParameter _active = new("active", "Only webhooks that are active, or that are not.")
    {
        Type = JsonSchemaType.Boolean,
    };

    private static readonly QueryParameter _event = new("event", "Only webhooks that events of this type go to, by its name or by `*`.");

    private static readonly QueryParameter _url = new("url", "Only webhooks whose URL contains this text, whatever its case.");

    private static readonly QueryParameter _metadata = new(
        "metadata", "Only webhooks that have this label, and all others that are given so.")
    {
        IsPrefix = true,
    };

    public static QueryParameters Parameters { get; } = new([_active, _event, _url, _metadata, ListQuery.Limit, ListQuery.Cursor]);

    public static WebhookListQuery Read(QueryFields fields, WebhooksLimits limits)
    {
        var filter = new WebhookFilter(fields.Boolean(_active), fields.EventName(_event), fields.Text(_url), fields.Texts(_metadata));
        if (filter.UrlContains?.Length > limits.UrlLength)
        {
            fields.Refuse(_url, $"It may have {limits.UrlLength} characters, as a webhook's URL.");
        }

        return new WebhookListQuery(filter, ListQuery.ReadLimit(fields), ListQuery.ReadCursor(fields));
    }
}
