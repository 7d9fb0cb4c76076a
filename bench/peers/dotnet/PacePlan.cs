namespace Peers;

/// <summary>The events to send at a steady rate.</summary>
/// <param name="PerSecond">Events a second.</param>
/// <param name="Seconds">For how long.</param>
/// <param name="Urls">Where they go, in turn.</param>
internal sealed record PacePlan(int PerSecond, int Seconds, string[] Urls);
