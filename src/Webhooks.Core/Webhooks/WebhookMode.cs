namespace Webhooks.Core.Webhooks;

/// <summary>The ways in which deliveries come to receivers, as they are stored and shown. They are part of the API.</summary>
public static class WebhookMode
{
    /// <summary>They are posted to the webhook's URL.</summary>
    public const string Push = "push";

    /// <summary>The receiver fetches them; the webhook has no URL.</summary>
    public const string Pull = "pull";

    /// <summary>Every mode.</summary>
    public static IReadOnlyList<string> All { get; } = [Push, Pull];
}
