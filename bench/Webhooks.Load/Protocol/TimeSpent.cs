namespace Webhooks.Load.Protocol;

/// <summary>The times at which something began and ended, by <see cref="Clock"/>.</summary>
internal sealed record TimeSpent(long StartedAt, long EndedAt);
