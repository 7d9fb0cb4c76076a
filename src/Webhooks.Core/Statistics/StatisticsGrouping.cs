namespace Webhooks.Core.Statistics;

/// <summary>What counts can be told apart by.</summary>
public enum StatisticsGrouping
{
    /// <summary>By the event type.</summary>
    Event,

    /// <summary>By what attempts ended in.</summary>
    Error,

    /// <summary>By the webhook, each with a series of its own.</summary>
    Webhook,
}
