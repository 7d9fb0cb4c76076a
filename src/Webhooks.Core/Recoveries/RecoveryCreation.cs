namespace Webhooks.Core.Recoveries;

/// <summary>What came of the wish for a recovery.</summary>
public abstract record RecoveryCreation
{
    private RecoveryCreation()
    {
    }

    /// <summary>A recovery that has begun, or had when the same request came first.</summary>
    public sealed record Begun(Recovery Recovery) : RecoveryCreation;

    /// <summary>The webhook has another that is not finished.</summary>
    /// <param name="RecoveryId">That one.</param>
    public sealed record OtherRuns(Guid RecoveryId) : RecoveryCreation;

    /// <summary>The webhook is not active, so nothing is sent to it.</summary>
    public sealed record WebhookInactive : RecoveryCreation;

    /// <summary>The key is another request's.</summary>
    public sealed record KeyReused : RecoveryCreation;
}
