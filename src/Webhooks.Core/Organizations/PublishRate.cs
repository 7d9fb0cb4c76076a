namespace Webhooks.Core.Organizations;

/// <summary>How many events an organization may publish.</summary>
/// <param name="PerSecond">Events a second, in the long run.</param>
/// <param name="Burst">The most at once, after a while without any.</param>
public sealed record PublishRate(double PerSecond, int Burst);
