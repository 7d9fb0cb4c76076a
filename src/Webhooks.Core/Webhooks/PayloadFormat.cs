namespace Webhooks.Core.Webhooks;

/// <summary>The forms in which webhooks get events, as they are stored and shown. They are part of the API.</summary>
public static class PayloadFormat
{
    /// <summary><c>event</c>, <c>timestamp</c>, <c>data</c> and <c>webhook_id</c>.</summary>
    public const string Standard = "standard";

    /// <summary>CloudEvents 1.0, in structured mode.</summary>
    public const string CloudEvents = "cloudevents";

    /// <summary>Every form.</summary>
    public static IReadOnlyList<string> All { get; } = [Standard, CloudEvents];
}
