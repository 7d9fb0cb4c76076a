namespace Webhooks.Core.Health;

/// <summary>The reasons for which a webhook is not active, as they are stored and shown. They are part of the API.</summary>
public static class DisabledReason
{
    /// <summary>Somebody deactivated it, or created it so.</summary>
    public const string Manual = "manual";

    /// <summary>Its receiver answered 410 Gone.</summary>
    public const string Gone = "gone";

    /// <summary>All attempts failed for as long as <see cref="WebhooksOptions.DisableAfter"/> allows.</summary>
    public const string Failing = "failing";

    /// <summary>Its receiver asked for it: <c>webhook-delivery: disable</c>.</summary>
    public const string ReceiverRequest = "receiver_request";
}
