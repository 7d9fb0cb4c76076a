namespace Webhooks.Server.Engine;

/// <summary>How soon a webhook's receiver gives a slot back.</summary>
internal enum LanePace
{
    /// <summary>Nothing is known of it yet.</summary>
    Unknown,

    /// <summary>Its last answer was fast.</summary>
    Fast,

    /// <summary>Its last answer was slow or did not come, or nothing has come for a while.</summary>
    Slow,
}
