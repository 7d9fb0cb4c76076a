namespace Webhooks.Core.Transforms;

/// <summary>What came of one run of a transform.</summary>
public abstract record TransformOutcome
{
    private TransformOutcome()
    {
    }

    /// <summary>It returned what is to be sent.</summary>
    /// <param name="Body">The body: JSON.</param>
    /// <param name="Headers">Headers that each attempt has beside those of the webhook, or in their place.</param>
    public sealed record Changed(string Body, IReadOnlyDictionary<string, string> Headers) : TransformOutcome;

    /// <summary>It does not want the event delivered.</summary>
    public sealed record Canceled : TransformOutcome;

    /// <summary>It failed.</summary>
    /// <param name="Error">Why.</param>
    public sealed record Failed(TransformError Error) : TransformOutcome;
}
