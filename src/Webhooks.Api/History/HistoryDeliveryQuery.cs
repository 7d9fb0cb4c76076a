using Webhooks.Api.Deliveries;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Deliveries;

namespace Webhooks.Api.History;

/// <summary>Which deliveries of an organization to list.</summary>
/// <param name="Filter">Which of them.</param>
/// <param name="Limit">How many.</param>
/// <param name="After">The id after which the page begins; null for the first page.</param>
internal sealed record HistoryDeliveryQuery(DeliveryFilter Filter, int Limit, Guid? After) : IRequestQuery<HistoryDeliveryQuery>
{
    private static readonly QueryParameter _id = new("id", "Only the delivery with this id.") { Format = "uuid" };

    public static QueryParameters Parameters { get; } = new([_id, .. DeliveryFilterQuery.All, ListQuery.Limit, ListQuery.Cursor]);

    public static HistoryDeliveryQuery Read(QueryFields fields, WebhooksLimits limits) =>
        new(DeliveryFilterQuery.Read(fields) with { Id = fields.IdOrNull(_id) }, ListQuery.ReadLimit(fields), ListQuery.ReadCursor(fields));
}
