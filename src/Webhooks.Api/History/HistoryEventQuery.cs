using Webhooks.Api.Deliveries;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Deliveries;

namespace Webhooks.Api.History;

/// <summary>Which events of an organization to list: those that have a delivery as the parameters say.</summary>
/// <param name="Filter">A delivery that the event has.</param>
/// <param name="Limit">How many.</param>
/// <param name="After">The id after which the page begins; null for the first page.</param>
internal sealed record HistoryEventQuery(DeliveryFilter Filter, int Limit, Guid? After) : IRequestQuery<HistoryEventQuery>
{
    public static QueryParameters Parameters { get; } = new(
    [
        DeliveryFilterQuery.Status with { Description = "Only events one of whose deliveries, as it was first made, is in this state." },
        DeliveryFilterQuery.Event with { Description = "Only events of this type." },
        DeliveryFilterQuery.ResponseStatus with { Description = "Only events one of whose deliveries was last answered like this." },
        DeliveryFilterQuery.From with { Description = "Only events accepted at this time or later; ISO 8601 with Z or an offset." },
        DeliveryFilterQuery.To with { Description = "Only events accepted before this time; ISO 8601 with Z or an offset." },
        ListQuery.Limit,
        ListQuery.Cursor,
    ]);

    public static HistoryEventQuery Read(QueryFields fields, WebhooksLimits limits) =>
        new(DeliveryFilterQuery.Read(fields), ListQuery.ReadLimit(fields), ListQuery.ReadCursor(fields));
}
