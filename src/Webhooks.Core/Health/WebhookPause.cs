namespace Webhooks.Core.Health;

/// <summary>The pause of a webhook: nothing is attempted until it ends.</summary>
/// <param name="WebhookId">The webhook.</param>
/// <param name="Remaining">The time that is left of it, by the database's clock; not above zero when it has ended.</param>
/// <param name="NeedsProbe">Whether, when it has ended, one attempt has to find out whether the receiver answers again.</param>
public sealed record WebhookPause(Guid WebhookId, TimeSpan Remaining, bool NeedsProbe);
