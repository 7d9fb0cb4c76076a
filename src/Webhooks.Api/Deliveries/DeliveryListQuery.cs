using Microsoft.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Deliveries;

namespace Webhooks.Api.Deliveries;

/// <summary>Which deliveries to list.</summary>
internal sealed record DeliveryListQuery(DeliveryFilter Filter, int Limit, Guid? After) : IRequestQuery<DeliveryListQuery>
{
    private static readonly Dictionary<string, DeliveryStatus> _statuses =
        Enum.GetValues<DeliveryStatus>().ToDictionary(status => status.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    private static readonly QueryParameter _status = new("status", "Only deliveries in this state.") { Values = [.. _statuses.Keys] };

    private static readonly QueryParameter _event = new("event", "Only deliveries of this event type.");

    private static readonly QueryParameter _responseStatus = new("response_status", "Only deliveries whose last answer had this HTTP status.")
    {
        Type = JsonSchemaType.Integer,
        Least = 100,
        Most = 599,
    };

    private static readonly QueryParameter _from = new("from", "Only deliveries created at this time or later; ISO 8601 with Z or an offset.")
    {
        Format = "date-time",
    };

    private static readonly QueryParameter _to = new("to", "Only deliveries created before this time; ISO 8601 with Z or an offset.")
    {
        Format = "date-time",
    };

    public static QueryParameters Parameters { get; } = new([_status, _event, _responseStatus, _from, _to, ListQuery.Limit, ListQuery.Cursor]);

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

        return new DeliveryListQuery(filter, ListQuery.ReadLimit(fields), ListQuery.ReadCursor(fields));
    }
}
