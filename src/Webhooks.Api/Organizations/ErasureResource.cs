using Webhooks.Core.Organizations;

namespace Webhooks.Api.Organizations;

/// <summary>The erasure of an organization.</summary>
/// <param name="State">`running`, or `finished`: nothing is left.</param>
/// <param name="BeganAt">When it was asked for, UTC.</param>
/// <param name="RequestedBy">The kind and id of who asked for it.</param>
/// <param name="FinishedAt">When nothing was left, UTC; null until then.</param>
/// <param name="Rows">How many rows have been erased, by table.</param>
internal sealed record ErasureResource(
    string State, DateTime BeganAt, string RequestedBy, DateTime? FinishedAt, IReadOnlyDictionary<string, long> Rows)
{
    public static ErasureResource From(OrganizationErasure erasure) => new(
        erasure.FinishedAt is null ? "running" : "finished",
        erasure.BeganAt.UtcDateTime,
        erasure.RequestedBy,
        erasure.FinishedAt?.UtcDateTime,
        erasure.Rows);
}
