namespace Webhooks.Core.Health;

/// <summary>How a webhook's receiver does, in a word.</summary>
public enum HealthState
{
    /// <summary>No attempt has been made.</summary>
    Unknown,

    /// <summary>Attempts succeed, or not many in a row have failed.</summary>
    Healthy,

    /// <summary>The last <see cref="WebhookHealth.FailingFrom"/> attempts failed, or more.</summary>
    Failing,
}
