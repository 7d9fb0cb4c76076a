using Webhooks.Core.Transforms;

namespace Webhooks.Api.Transforms;

/// <summary>What a transform makes of a payload.</summary>
/// <param name="Outcome">`changed`, `canceled` or `failed`.</param>
/// <param name="SentBody">The body that would be signed and sent; null unless it is `changed`.</param>
/// <param name="SentHeaders">The headers that the transform gives to it; null unless it is `changed`.</param>
/// <param name="Error">Why it fails; null unless it is `failed`.</param>
internal sealed record TransformTrialResource(
    string Outcome, string? SentBody, IReadOnlyDictionary<string, string>? SentHeaders, TransformErrorResource? Error)
{
    public static TransformTrialResource From(TransformOutcome outcome) => outcome switch
    {
        TransformOutcome.Changed(var body, var headers) => new("changed", body, headers, Error: null),
        TransformOutcome.Canceled => new("canceled", SentBody: null, SentHeaders: null, Error: null),
        TransformOutcome.Failed(var error) =>
            new("failed", SentBody: null, SentHeaders: null, new TransformErrorResource(error.Line, error.Message)),
        _ => throw new InvalidOperationException($"No resource is known for {outcome.GetType().Name}."),
    };
}
