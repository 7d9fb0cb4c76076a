namespace Webhooks.Core.Recoveries;

/// <summary>States and reasons of recoveries as the database and the API write them.</summary>
public static class RecoveryText
{
    /// <summary>Somebody asked for it.</summary>
    public const string Requested = "requested";

    /// <summary>The webhook was deactivated.</summary>
    public const string WebhookInactive = "webhook_inactive";

    /// <summary>The webhook was deleted.</summary>
    public const string WebhookDeleted = "webhook_deleted";

    /// <summary>The text of a state.</summary>
    public static string ToText(this RecoveryState state) => state switch
    {
        RecoveryState.Running => "running",
        RecoveryState.Paused => "paused",
        RecoveryState.Canceled => "canceled",
        RecoveryState.Finished => "finished",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "It has no text."),
    };

    /// <summary>The state of a text.</summary>
    public static RecoveryState ParseState(string text) =>
        Enum.GetValues<RecoveryState>().First(state => state.ToText() == text);
}
