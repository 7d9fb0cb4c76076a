namespace Webhooks.Core.Health;

/// <summary>How a webhook's receiver does, in a word.</summary>
public enum HealthState
{
    /// <summary>No attempt has succeeded yet, and not many have failed.</summary>
    Unknown,

    /// <summary>An attempt has succeeded, and not many in a row have failed since.</summary>
    Healthy,

    /// <summary>The last <see cref="WebhookHealth.FailingFrom"/> attempts failed, or more.</summary>
    Failing,
}
