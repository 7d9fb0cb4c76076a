namespace Webhooks.Core.Transforms;

/// <summary>What came of one run of a transform.</summary>
public abstract record TransformOutcome
{
    private TransformOutcome()
    {
    }

    /// <summary>What is to be sent, as the transform returned it.</summary>
    /// <param name="Body">The body: JSON.</param>
    /// <param name="Headers">Headers that each attempt has beside those of the webhook, or in their place.</param>
    public sealed record Changed(string Body, IReadOnlyDictionary<string, string> Headers) : TransformOutcome;

    /// <summary>The transform's wish that the event is not delivered.</summary>
    public sealed record Canceled : TransformOutcome;

    /// <summary>A failed run.</summary>
    /// <param name="Error">Why.</param>
    public sealed record Failed(TransformError Error) : TransformOutcome;
}
