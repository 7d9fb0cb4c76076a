namespace Webhooks.Core.Filters;

/// <summary>One condition of a filter, which holds or does not hold by itself.</summary>
/// <param name="Field">The field that it is about, with dots, as in <c>data.amount</c>.</param>
/// <param name="Condition">What it demands, as the pattern has it: JSON.</param>
/// <param name="Negated">Whether it stands within an odd number of <c>$not</c>, so that it helps when it does not hold.</param>
/// <param name="Path">Its jsonpath predicate.</param>
public sealed record FilterCondition(string Field, string Condition, bool Negated, string Path);
