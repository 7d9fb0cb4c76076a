namespace Webhooks.Core.Recoveries;

/// <summary>What came of the wish to pause, resume or cancel a recovery.</summary>
public abstract record RecoveryChange
{
    private RecoveryChange()
    {
    }

    /// <summary>A recovery that is so now, or was already.</summary>
    public sealed record Made(Recovery Recovery) : RecoveryChange;

    /// <summary>The refusal for a recovery that is finished or canceled, and stays so.</summary>
    public sealed record Ended(RecoveryState State) : RecoveryChange;

    /// <summary>The refusal to resume a recovery whose webhook is not active.</summary>
    public sealed record WebhookInactive : RecoveryChange;
}
