using Webhooks.Core.Health;

namespace Webhooks.Core.Telemetry;

/// <summary>The tags of a change of a webhook's health.</summary>
internal static class HealthTags
{
    /// <summary>What changed.</summary>
    public static string ToTag(this HealthChange change) => change switch
    {
        HealthChange.Failing => "failing",
        HealthChange.Recovered => "recovered",
        HealthChange.Disabled => "disabled",
        HealthChange.Paused => "paused",
        HealthChange.Resumed => "resumed",
        _ => throw new ArgumentOutOfRangeException(nameof(change), change, "It has no tag."),
    };

    /// <summary>Why it changed; null where that says itself.</summary>
    public static string? ToReasonTag(this HealthChange change) => change switch
    {
        HealthChange.Disabled disabled => disabled.Reason,
        HealthChange.Paused paused => paused.By,
        _ => null,
    };
}
