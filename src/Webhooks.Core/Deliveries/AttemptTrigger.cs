namespace Webhooks.Core.Deliveries;

/// <summary>Why an attempt is made.</summary>
public enum AttemptTrigger
{
    /// <summary>It is the first, or the schedule's time for a retry has come.</summary>
    Schedule,

    /// <summary>Somebody asked for it.</summary>
    Manual,

    /// <summary>It finds out whether a receiver answers again.</summary>
    Probe,

    /// <summary>A recovery made the delivery.</summary>
    Recovery,
}
