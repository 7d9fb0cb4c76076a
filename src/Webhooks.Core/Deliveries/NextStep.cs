namespace Webhooks.Core.Deliveries;

/// <summary>What follows an attempt, or takes its place.</summary>
public abstract record NextStep
{
    private NextStep()
    {
    }

    /// <summary>A 2xx came.</summary>
    public sealed record Succeeded : NextStep;

    /// <summary>Another attempt.</summary>
    /// <param name="Time">Not before this time, UTC.</param>
    public sealed record RetryAt(DateTimeOffset Time) : NextStep;

    /// <summary>The end after the last attempt, which failed as well.</summary>
    public sealed record Failed : NextStep;

    /// <summary>The receiver does not want the delivery again, whatever attempts there are left.</summary>
    public sealed record Aborted : NextStep;

    /// <summary>The webhook's transform failed, so that there is nothing to send.</summary>
    public sealed record TransformFailed : NextStep;

    /// <summary>The webhook's transform does not want it sent.</summary>
    public sealed record TransformCanceled : NextStep;

    /// <summary>The webhook was deleted or deactivated, or somebody canceled the delivery.</summary>
    public sealed record Canceled : NextStep;

    /// <summary>The status of a delivery whose next step this is.</summary>
    public DeliveryStatus Status => this switch
    {
        Succeeded => DeliveryStatus.Succeeded,
        RetryAt => DeliveryStatus.Pending,
        Failed or Aborted or TransformFailed => DeliveryStatus.Failed,
        Canceled or TransformCanceled => DeliveryStatus.Canceled,
        _ => throw new InvalidOperationException($"No status is known for {GetType().Name}."),
    };
}
