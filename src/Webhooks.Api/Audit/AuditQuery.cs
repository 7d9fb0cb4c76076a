using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Audit;

namespace Webhooks.Api.Audit;

/// <summary>Which audit entries to list.</summary>
/// <param name="Filter">What they tell of.</param>
/// <param name="Limit">How many.</param>
/// <param name="After">The id after which the page begins; null for the first page.</param>
internal sealed record AuditQuery(AuditFilter Filter, int Limit, Guid? After) : IRequestQuery<AuditQuery>
{
    private static readonly QueryParameter _webhookId = new(
        "webhook_id", "Only changes of this webhook, or of what belongs to it; also when it is deleted.")
    {
        Format = "uuid",
    };

    private static readonly QueryParameter _actor = new(
        "actor", "Only changes by who has this id: the `sub` of a token, or the id of an API key. `system` is the system itself.");

    private static readonly QueryParameter _action = new("action", "Only changes of this kind.") { Values = AuditActions.All };

    private static readonly QueryParameter _from = new("from", "Only changes at this time or later; ISO 8601 with Z or an offset.")
    {
        Format = "date-time",
    };

    private static readonly QueryParameter _to = new("to", "Only changes before this time; ISO 8601 with Z or an offset.")
    {
        Format = "date-time",
    };

    public static QueryParameters Parameters { get; } =
        new([_webhookId, _actor, _action, _from, _to, ListQuery.Limit, ListQuery.Cursor]);

    public static AuditQuery Read(QueryFields fields, WebhooksLimits limits)
    {
        var filter = new AuditFilter(
            fields.IdOrNull(_webhookId), fields.Text(_actor), fields.Choice(_action), fields.Time(_from), fields.Time(_to));
        if (filter.From >= filter.To)
        {
            fields.Refuse(_from, "It must be before to.");
        }

        return new AuditQuery(filter, ListQuery.ReadLimit(fields), ListQuery.ReadCursor(fields));
    }
}
