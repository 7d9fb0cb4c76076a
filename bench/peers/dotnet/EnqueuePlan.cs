namespace Peers;

/// <summary>The events to enqueue.</summary>
/// <param name="Events">How many events.</param>
/// <param name="FanOut">Deliveries of each.</param>
/// <param name="Urls">Where they go, in turn.</param>
/// <param name="Lanes">How many calls at a time.</param>
internal sealed record EnqueuePlan(int Events, int FanOut, string[] Urls, int Lanes);
