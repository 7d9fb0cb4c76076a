namespace Webhooks.Core.Signals;

/// <summary>
/// The event types of the catalog by which the system itself tells of alerts. They go to whoever lists them, in any way, as if somebody
/// had published them.
/// </summary>
internal static class AlertEvents
{
    /// <summary>A rule's condition is met.</summary>
    public const string Triggered = "alert.triggered";

    /// <summary>It is not met any more.</summary>
    public const string Resolved = "alert.resolved";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Triggered, Resolved];
}
