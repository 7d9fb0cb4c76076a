using Microsoft.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core.Deliveries;

namespace Webhooks.Api.Deliveries;

/// <summary>The query parameters that select deliveries.</summary>
internal static class DeliveryFilterQuery
{
    private static readonly Dictionary<string, DeliveryStatus> _statuses =
        Enum.GetValues<DeliveryStatus>().ToDictionary(status => status.ToText(), StringComparer.Ordinal);

    public static readonly QueryParameter Status = new("status", "Only deliveries in this state.") { Values = [.. _statuses.Keys] };

    public static readonly QueryParameter Event = new("event", "Only deliveries of this event type.");

    public static readonly QueryParameter ResponseStatus = new(
        "response_status", "Only deliveries whose last answer had this HTTP status.")
    {
        Type = JsonSchemaType.Integer,
        Least = 100,
        Most = 599,
    };

    public static readonly QueryParameter From = new(
        "from", "Only deliveries created at this time or later; ISO 8601 with Z or an offset.")
    {
        Format = "date-time",
    };

    public static readonly QueryParameter To = new(
        "to", "Only deliveries created before this time; ISO 8601 with Z or an offset.")
    {
        Format = "date-time",
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<QueryParameter> All { get; } = [Status, Event, ResponseStatus, From, To];

    /// <summary>Reads and checks them.</summary>
    public static DeliveryFilter Read(QueryFields fields)
    {
        var filter = new DeliveryFilter(
            fields.Choice(Status) is { } status ? _statuses[status] : null,
            fields.EventName(Event),
            fields.WholeNumber(ResponseStatus),
            fields.Time(From),
            fields.Time(To));
        if (filter.From >= filter.To)
        {
            fields.Refuse(From, "It must be before to.");
        }

        return filter;
    }
}
