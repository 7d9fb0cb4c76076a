namespace Webhooks.Core.Organizations;

/// <summary>How far the erasure of an organization is; afterwards, what there was.</summary>
/// <param name="BeganAt">When it was asked for, UTC.</param>
/// <param name="RequestedBy">The kind and id of who asked for it.</param>
/// <param name="FinishedAt">When nothing was left, UTC; null until then.</param>
/// <param name="Rows">How many rows have been erased, by table.</param>
public sealed record OrganizationErasure(
    DateTimeOffset BeganAt, string RequestedBy, DateTimeOffset? FinishedAt, IReadOnlyDictionary<string, long> Rows);
