namespace Webhooks.Core.History;

/// <summary>Why an event did or did not reach a webhook.</summary>
public enum ExplanationReason
{
    /// <summary>It has arrived.</summary>
    Delivered,

    /// <summary>An attempt is under way or will be made.</summary>
    Pending,

    /// <summary>Every attempt has failed.</summary>
    Failed,

    /// <summary>Its delivery was given up.</summary>
    Canceled,

    /// <summary>The webhook was inactive when it came; it is kept.</summary>
    Skipped,

    /// <summary>The webhook was made after it.</summary>
    CreatedLater,

    /// <summary>The webhook does not list its type.</summary>
    NotSubscribed,

    /// <summary>The webhook has a filter that it does not pass.</summary>
    Filtered,

    /// <summary>The webhook is inactive, because somebody deactivated it, and nothing is kept.</summary>
    Inactive,

    /// <summary>The webhook is inactive, because its receiver failed or asked for that, and nothing is kept.</summary>
    Disabled,

    /// <summary>The organization has no delivery of it.</summary>
    UnknownEvent,
}
