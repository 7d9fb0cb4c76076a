using System.Text.Json;
using Webhooks.Core.Filters;

namespace Webhooks.Api.Filters;

/// <summary>A condition of a filter, and whether it holds.</summary>
/// <param name="Field">The field that it is about, as in `data.amount`.</param>
/// <param name="Condition">What it demands: a value, or an operator with its operand.</param>
/// <param name="Holds">Whether the payload fulfils it.</param>
/// <param name="Negated">Whether it stands within `$not`, so that it must not hold.</param>
internal sealed record FilterConditionResource(string Field, JsonElement Condition, bool Holds, bool Negated)
{
    public static FilterConditionResource From(FilterCondition condition, bool holds) =>
        new(condition.Field, JsonElement.Parse(condition.Condition), holds, condition.Negated);
}
