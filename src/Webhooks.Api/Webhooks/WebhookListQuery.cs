using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Events;
using Webhooks.Core.Webhooks;

namespace Webhooks.Api.Webhooks;

/// <summary>Which webhooks to list.</summary>
internal sealed record WebhookListQuery(WebhookFilter Filter, int Limit, Guid? After)
{
    private static readonly QueryParameter _active = new("active", "Only webhooks that are active, or that are not.")
    {
        Type = JsonSchemaType.Boolean,
    };

    private static readonly QueryParameter _event = new("event", "Only webhooks that events of this type go to, by its name or by `*`.");

    private static readonly QueryParameter _url = new("url", "Only webhooks whose URL contains this text, whatever its case.");

    public static QueryParameters Parameters { get; } = new([_active, _event, _url, ListQuery.Limit, ListQuery.Cursor]);

    /// <summary>Null when there are errors.</summary>
    public static WebhookListQuery? Read(IQueryCollection query, WebhooksLimits limits, FieldErrors errors)
    {
        var fields = new QueryFields(query, Parameters, errors);
        var filter = new WebhookFilter(fields.Boolean(_active), fields.EventName(_event), fields.Text(_url));
        if (filter.UrlContains?.Length > limits.UrlLength)
        {
            errors.Add(_url.Name, $"It may have {limits.UrlLength} characters, as a webhook's URL.");
        }

        var list = new WebhookListQuery(filter, ListQuery.ReadLimit(fields), ListQuery.ReadCursor(fields));
        return errors.Count > 0 ? null : list;
    }
}
