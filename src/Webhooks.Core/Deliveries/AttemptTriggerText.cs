namespace Webhooks.Core.Deliveries;

/// <summary>Triggers as the database, the API and the history of attempts write them.</summary>
public static class AttemptTriggerText
{
    /// <summary>That of nearly all attempts, which is not stored.</summary>
    public const string Schedule = "schedule";

    /// <summary>The text of a trigger.</summary>
    public static string ToText(this AttemptTrigger trigger) => trigger switch
    {
        AttemptTrigger.Schedule => Schedule,
        AttemptTrigger.Manual => "manual",
        AttemptTrigger.Probe => "probe",
        AttemptTrigger.Recovery => "recovery",
        _ => throw new ArgumentOutOfRangeException(nameof(trigger), trigger, "It has no text."),
    };

    /// <summary>What is stored of a trigger: nothing of the schedule's.</summary>
    internal static string? ToStoredText(this AttemptTrigger trigger) => trigger == AttemptTrigger.Schedule ? null : trigger.ToText();

    /// <summary>The trigger that is stored. One that a later version stored is taken for the schedule's.</summary>
    internal static AttemptTrigger FromStoredText(string? text) => text switch
    {
        "manual" => AttemptTrigger.Manual,
        "probe" => AttemptTrigger.Probe,
        "recovery" => AttemptTrigger.Recovery,
        _ => AttemptTrigger.Schedule,
    };
}
