namespace Webhooks.Endurance.Tests.Chaos;

/// <summary>A span of time, UTC.</summary>
internal sealed record Interval(DateTimeOffset From, DateTimeOffset To);
