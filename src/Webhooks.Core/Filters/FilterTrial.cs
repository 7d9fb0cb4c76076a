namespace Webhooks.Core.Filters;

/// <summary>What a filter says of one payload.</summary>
/// <param name="Matches">Whether the webhook would get it.</param>
/// <param name="Holds">Of each condition of the filter, in their order, whether it holds.</param>
public sealed record FilterTrial(bool Matches, IReadOnlyList<bool> Holds);
