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
        _ => throw new ArgumentOutOfRangeException(nameof(change), change, "It has no tag."),
    };
}
