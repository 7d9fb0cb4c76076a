namespace Webhooks.Core;

/// <summary>One page of a list that is ordered by id, newest first.</summary>
/// <param name="Items">The rows.</param>
/// <param name="Next">The id after which the next page begins; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, Guid? Next)
{
    /// <summary>The page of rows that were read with a limit of one more than it holds, which tells whether there is a next one.</summary>
    internal static Page<T> Of(List<T> rows, int limit, Func<T, Guid> id) =>
        rows.Count > limit ? new Page<T>(rows[..limit], id(rows[limit - 1])) : new Page<T>(rows, Next: null);
}
