namespace Webhooks.Core.Events;

/// <summary>What was read: the messages, or why they are refused.</summary>
/// <param name="Messages">In order; empty when there are errors.</param>
/// <param name="IsArray">Whether the text was an array.</param>
/// <param name="Errors">Messages by field, as in <c>event</c> or <c>[3].data</c>; an empty field name speaks of the whole text.</param>
public sealed record EventMessages(
    IReadOnlyList<EventMessage> Messages,
    bool IsArray,
    IReadOnlyDictionary<string, string[]> Errors)
{
    private const int ReasonsInSummary = 3;

    /// <summary>What is wrong, for a log: without the names that the data has. Empty when nothing is.</summary>
    public string ErrorSummary
    {
        get
        {
            var reasons = Errors.SelectMany(error => error.Value.Select(message => $"{FieldOf(error.Key)}{message}")).ToArray();
            return string.Join(' ', reasons.Take(ReasonsInSummary))
                + (reasons.Length > ReasonsInSummary ? $" And {reasons.Length - ReasonsInSummary} more." : "");
        }
    }

    private static string FieldOf(string path) =>
        path.Length == 0 ? "" : $"{path.Split('.', '[')[0]}: ";
}
