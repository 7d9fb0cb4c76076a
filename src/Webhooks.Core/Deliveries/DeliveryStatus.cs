namespace Webhooks.Core.Deliveries;

/// <summary>The states of a delivery. Only a pending one changes.</summary>
public enum DeliveryStatus
{
    /// <summary>An attempt is under way or will be made.</summary>
    Pending,

    /// <summary>An attempt was answered with 200 to 299.</summary>
    Succeeded,

    /// <summary>Every attempt that the retry schedule allows has been made, and none succeeded.</summary>
    Failed,

    /// <summary>The webhook was deleted or deactivated before an attempt succeeded.</summary>
    Canceled,

    /// <summary>The webhook was inactive when the event came: no attempt was made, and none will be.</summary>
    Skipped,
}
