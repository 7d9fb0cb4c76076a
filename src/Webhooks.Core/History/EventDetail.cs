using Webhooks.Core.Deliveries;

namespace Webhooks.Core.History;

/// <summary>An event with its deliveries.</summary>
/// <param name="Timestamp">When it happened, as receivers are told; null when it has been erased from all deliveries.</param>
/// <param name="Data">Its data, as JSON; null when it has been erased from all deliveries.</param>
/// <param name="Deliveries">
/// To each webhook its delivery and, if that was redelivered, the latest redelivery; newest first. Never empty.
/// </param>
public sealed record EventDetail(string? Timestamp, string? Data, IReadOnlyList<DeliverySummary> Deliveries);
