namespace Webhooks.Core.Redelivery;

/// <summary>What came of the wish for a redelivery.</summary>
public abstract record Redelivered
{
    private Redelivered()
    {
    }

    /// <summary>A delivery whose next attempt is made now, or was when the same request came first.</summary>
    /// <param name="DeliveryId">The new one, or the one that was asked for when it is pending.</param>
    public sealed record Due(Guid DeliveryId) : Redelivered
    {
        /// <summary>Whether its receiver is to pull it.</summary>
        public bool IsPulled { get; init; }
    }

    /// <summary>The webhook is not active, so nothing is sent to it.</summary>
    public sealed record WebhookInactive : Redelivered;

    /// <summary>What was sent has been erased, so it cannot be sent again.</summary>
    /// <param name="At">When, UTC.</param>
    public sealed record Redacted(DateTimeOffset At) : Redelivered;

    /// <summary>The key is another redelivery's.</summary>
    public sealed record KeyReused : Redelivered;
}
