namespace Webhooks.Core.Health;

/// <summary>
/// What changed of a webhook with the recording of attempts. Of several servers that record at once, one is told of each change.
/// </summary>
public abstract record HealthChange
{
    private HealthChange(Guid webhookId) => WebhookId = webhookId;

    /// <summary>The webhook.</summary>
    public Guid WebhookId { get; }

    /// <summary>A webhook that is failing from now on.</summary>
    /// <param name="WebhookId">The webhook.</param>
    /// <param name="ConsecutiveFailures">Attempts that failed since the last that succeeded.</param>
    /// <param name="Since">The first of them, UTC.</param>
    public sealed record Failing(Guid WebhookId, int ConsecutiveFailures, DateTimeOffset Since) : HealthChange(WebhookId);

    /// <summary>A webhook that was failing, and of which an attempt succeeded.</summary>
    /// <param name="WebhookId">The webhook.</param>
    public sealed record Recovered(Guid WebhookId) : HealthChange(WebhookId);

    /// <summary>Nothing is attempted for a while.</summary>
    /// <param name="WebhookId">The webhook.</param>
    /// <param name="By">Why, as a constant of <see cref="Hold"/>.</param>
    /// <param name="Time">For how long.</param>
    /// <param name="NeedsProbe">Whether one attempt has to find out then whether the receiver answers again.</param>
    public sealed record Paused(Guid WebhookId, string By, TimeSpan Time, bool NeedsProbe) : HealthChange(WebhookId);

    /// <summary>Its circuit has closed: attempts are made again.</summary>
    /// <param name="WebhookId">The webhook.</param>
    public sealed record Resumed(Guid WebhookId) : HealthChange(WebhookId);

    /// <summary>A webhook that was active, and is not any more.</summary>
    /// <param name="WebhookId">The webhook.</param>
    /// <param name="Reason">Why, as one of <see cref="DisabledReason"/>.</param>
    public sealed record Disabled(Guid WebhookId, string Reason) : HealthChange(WebhookId);
}
