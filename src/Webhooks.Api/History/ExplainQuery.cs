using Webhooks.Api.Requests;
using Webhooks.Core;

namespace Webhooks.Api.History;

/// <summary>The event to explain.</summary>
/// <param name="EventId">Its id.</param>
internal sealed record ExplainQuery(Guid EventId) : IRequestQuery<ExplainQuery>
{
    private static readonly QueryParameter _eventId = new(
        "event_id", "The event's id, as the publisher was told it, and as receivers see it in `webhook-id`.")
    {
        Format = "uuid",
        Required = true,
    };

    public static QueryParameters Parameters { get; } = new([_eventId]);

    public static ExplainQuery Read(QueryFields fields, WebhooksLimits limits) => new(fields.Id(_eventId));
}
