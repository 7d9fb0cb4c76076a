namespace Webhooks.Core.Deliveries;

/// <summary>Deliveries in the order of their arrival.</summary>
/// <param name="Items">The rows.</param>
/// <param name="Next">Where those begin that were not read, also when there are none yet.</param>
public sealed record ArrivalPage(IReadOnlyList<DeliverySummary> Items, ArrivalPlace Next);
