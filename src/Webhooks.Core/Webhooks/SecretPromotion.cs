namespace Webhooks.Core.Webhooks;

/// <summary>What came of a request to promote a webhook's new secret.</summary>
public enum SecretPromotion
{
    /// <summary>The header that has one signature is made with the new secret, now or already.</summary>
    Promoted,

    /// <summary>Nothing was changed: no overlap runs, so there is one secret only.</summary>
    NoOverlap,

    /// <summary>The organization has no such webhook.</summary>
    NoWebhook,
}
