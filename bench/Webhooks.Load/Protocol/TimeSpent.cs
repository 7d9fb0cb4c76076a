namespace Webhooks.Load.Protocol;

/// <summary>When something began and ended, by <see cref="Clock"/>.</summary>
internal sealed record TimeSpent(long StartedAt, long EndedAt);
