using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Deliveries;

namespace Webhooks.Api.Deliveries;

/// <summary>Which deliveries to list.</summary>
/// <param name="Filter">Which of the webhook's.</param>
/// <param name="Limit">How many.</param>
/// <param name="After">The id after which the page begins, newest first; null for the first page.</param>
/// <param name="Arrivals">Where the page begins in the order of arrival; null for newest first.</param>
internal sealed record DeliveryListQuery(DeliveryFilter Filter, int Limit, Guid? After, ArrivalPlace? Arrivals)
    : IRequestQuery<DeliveryListQuery>
{
    private const string Newest = "newest";
    private const string Arrival = "arrival";

    private static readonly QueryParameter _order = new(
        "order",
        "`newest` (the default): by id, newest first. An id has the time of its event, so a delivery of an event with an older id of the "
        + "publisher's own stands where that time belongs, and not at the beginning. `arrival`: in the order in which deliveries "
        + "came, about two "
        + "minutes after they did, each once and none left out, for whoever asks again and again: `next_cursor` is never null then; "
        + "keep it and "
        + "send it the next time, also after an empty page. `status` and `response_status` cannot be used with it, because they change.")
    {
        Values = [Newest, Arrival],
    };

    public static QueryParameters Parameters { get; } =
        new([.. DeliveryFilterQuery.All, _order, ListQuery.Limit, ListQuery.Cursor]);

    public static DeliveryListQuery Read(QueryFields fields, WebhooksLimits limits)
    {
        var filter = DeliveryFilterQuery.Read(fields);
        var limit = ListQuery.ReadLimit(fields);
        return fields.Choice(_order) == Arrival
            ? new DeliveryListQuery(filter, limit, After: null, ReadArrivals(fields, filter))
            : new DeliveryListQuery(filter, limit, ListQuery.ReadCursor(fields), Arrivals: null);
    }

    private static ArrivalPlace ReadArrivals(QueryFields fields, DeliveryFilter filter)
    {
        foreach (var parameter in (QueryParameter[])[DeliveryFilterQuery.Status, DeliveryFilterQuery.ResponseStatus])
        {
            if (fields.Text(parameter) is not null)
            {
                fields.Refuse(parameter, "It changes after a delivery has come, so it cannot be used with order=arrival. Leave it out.");
            }
        }

        return fields.ArrivalCursor(ListQuery.Cursor) ?? ArrivalPlace.Before(filter.From);
    }
}
