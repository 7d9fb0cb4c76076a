namespace Webhooks.Core.Pull;

/// <summary>What came of a receiver's wish for deliveries.</summary>
public abstract record PullOutcome
{
    private PullOutcome()
    {
    }

    /// <summary>The deliveries; none when none came in the time that was waited.</summary>
    /// <param name="Deliveries">Oldest first.</param>
    public sealed record Pulled(IReadOnlyList<PulledDelivery> Deliveries) : PullOutcome;

    /// <summary>The organization has no such webhook.</summary>
    public sealed record NoWebhook : PullOutcome;

    /// <summary>Deliveries of the webhook are posted.</summary>
    public sealed record NotPulled : PullOutcome;

    /// <summary>The webhook is not active.</summary>
    public sealed record Inactive : PullOutcome;
}
