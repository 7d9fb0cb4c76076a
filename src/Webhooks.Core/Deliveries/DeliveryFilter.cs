namespace Webhooks.Core.Deliveries;

/// <summary>Which deliveries of a webhook to list; null means any.</summary>
/// <param name="Status">The state.</param>
/// <param name="Event">The event type.</param>
/// <param name="ResponseStatus">The last HTTP status code.</param>
/// <param name="From">Created at or after, UTC.</param>
/// <param name="To">Created before, UTC.</param>
/// <param name="Id">The one with this id, for those who do not know its webhook.</param>
public sealed record DeliveryFilter(
    DeliveryStatus? Status = null,
    string? Event = null,
    int? ResponseStatus = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null,
    Guid? Id = null);
