namespace Webhooks.Core.Events;

/// <summary>
/// What storing deliveries costs the database, in bytes: those that are written, and for each row at least as many as it costs by itself,
/// which is much more than a small event's data.
/// </summary>
internal static class StatementCost
{
    /// <summary>The most that publishings which share a statement should cost together: a thousand rows.</summary>
    public const long Shared = 1024 * 1024;

    /// <summary>The cost from which on a statement of its own is worth it.</summary>
    public const long Crowd = Shared / 4;

    /// <summary>The most that one statement may cost: some tenths of a second.</summary>
    public const long Most = 4 * Shared;

    /// <summary>A statement that costs less does not become faster by being divided.</summary>
    public const long Least = Most / 64;

    private const int Row = 1049;

    /// <summary>The cost of each delivery of an event.</summary>
    public static long Of(IdentifiedEvent item) => Math.Max(item.Message.Data.Length, Row);
}
