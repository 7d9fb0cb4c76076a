namespace Peers;

/// <summary>The deliveries to send with nothing recorded.</summary>
/// <param name="Deliveries">How many.</param>
/// <param name="Urls">Where they go, in turn.</param>
internal sealed record SendPlan(int Deliveries, string[] Urls);
