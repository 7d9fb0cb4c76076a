using Webhooks.Core.Filters;

namespace Webhooks.Api.Filters;

/// <summary>What a filter says of a payload.</summary>
/// <param name="Matches">Whether a webhook with this filter would get it.</param>
/// <param name="Conditions">Each condition of the filter, in its order.</param>
internal sealed record FilterTrialResource(bool Matches, IReadOnlyList<FilterConditionResource> Conditions)
{
    public static FilterTrialResource From(Filter filter, FilterTrial trial) =>
        new(trial.Matches, [.. filter.Conditions.Zip(trial.Holds, FilterConditionResource.From)]);
}
