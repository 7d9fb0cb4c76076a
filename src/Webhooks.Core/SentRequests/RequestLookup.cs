namespace Webhooks.Core.SentRequests;

/// <summary>What came of asking for an attempt's request.</summary>
public abstract record RequestLookup
{
    private RequestLookup()
    {
    }

    /// <summary>The request, found.</summary>
    public sealed record Found(SentRequest Request) : RequestLookup;

    /// <summary>The organization has no such webhook, or the webhook no such delivery.</summary>
    public sealed record NoDelivery : RequestLookup;

    /// <summary>The attempt has not been made.</summary>
    /// <param name="Attempts">How many have.</param>
    public sealed record NotSent(int Attempts) : RequestLookup;

    /// <summary>What was sent has been erased.</summary>
    /// <param name="At">When, UTC.</param>
    public sealed record Redacted(DateTimeOffset At) : RequestLookup;
}
