namespace Peers;

/// <summary>The part that a process is to play.</summary>
/// <param name="Library">The peer or limit.</param>
/// <param name="Role">Of a peer: producer or worker.</param>
/// <param name="ConnectionString">The database, for those that have one.</param>
/// <param name="Concurrency">How much it does at once.</param>
/// <param name="WarmUpUrl">Where unmeasured deliveries go.</param>
/// <param name="StallOrigin">The beginning of URLs whose receivers hang.</param>
internal sealed record MemberConfig(
    string Library,
    string? Role,
    string? ConnectionString,
    int Concurrency,
    string? WarmUpUrl,
    string? StallOrigin);
