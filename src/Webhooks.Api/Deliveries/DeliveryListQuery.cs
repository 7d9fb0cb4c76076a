using Microsoft.OpenApi;
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

    private static readonly Dictionary<string, DeliveryStatus> _statuses =
        Enum.GetValues<DeliveryStatus>().ToDictionary(status => status.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    private static readonly QueryParameter _status = new("status", "Only deliveries in this state.") { Values = [.. _statuses.Keys] };

    private static readonly QueryParameter _event = new("event", "Only deliveries of this event type.");

    private static readonly QueryParameter _responseStatus = new(
        "response_status", "Only deliveries whose last answer had this HTTP status.")
    {
        Type = JsonSchemaType.Integer,
        Least = 100,
        Most = 599,
    };

    private static readonly QueryParameter _from = new(
        "from", "Only deliveries created at this time or later; ISO 8601 with Z or an offset.")
    {
        Format = "date-time",
    };

    private static readonly QueryParameter _to = new("to", "Only deliveries created before this time; ISO 8601 with Z or an offset.")
    {
        Format = "date-time",
    };

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
        new([_status, _event, _responseStatus, _from, _to, _order, ListQuery.Limit, ListQuery.Cursor]);

    public static DeliveryListQuery Read(QueryFields fields, WebhooksLimits limits)
    {
        var filter = new DeliveryFilter(
            fields.Choice(_status) is { } status ? _statuses[status] : null,
            fields.EventName(_event),
            fields.WholeNumber(_responseStatus),
            fields.Time(_from),
            fields.Time(_to));
        if (filter.From >= filter.To)
        {
            fields.Refuse(_from, "It must be before to.");
        }

        var limit = ListQuery.ReadLimit(fields);
        return fields.Choice(_order) == Arrival
            ? new DeliveryListQuery(filter, limit, After: null, ReadArrivals(fields, filter))
            : new DeliveryListQuery(filter, limit, ListQuery.ReadCursor(fields), Arrivals: null);
    }

    private static ArrivalPlace ReadArrivals(QueryFields fields, DeliveryFilter filter)
    {
        foreach (var parameter in (QueryParameter[])[_status, _responseStatus])
        {
            if (fields.Text(parameter) is not null)
            {
                fields.Refuse(parameter, "It changes after a delivery has come, so it cannot be used with order=arrival. Leave it out.");
            }
        }

        return fields.ArrivalCursor(ListQuery.Cursor) ?? ArrivalPlace.Before(filter.From);
    }
}
