namespace Webhooks.Server.Engine;

/// <summary>
/// The rest between two statements of a kind about a crowd (<see cref="CrowdedBacklog"/>). Each takes from the others' share of the
/// database and helps them little: a claim parks up to a thousand deliveries, which they are found past anyway, and a survey passes over
/// what they were delivered of late. So the rest is a multiple of what the statement took, however slow the database is.
/// </summary>
internal static class CrowdRest
{
    private const int Factor = 30;

    private static readonly TimeSpan _least = TimeSpan.FromSeconds(1);

    // Others' work that is not found waits for as long.
    private static readonly TimeSpan _most = TimeSpan.FromSeconds(5);

    /// <summary>The rest after a statement that took this long.</summary>
    public static TimeSpan After(TimeSpan took)
    {
        var rest = Factor * took;
        return rest < _least ? _least : rest > _most ? _most : rest;
    }
}
