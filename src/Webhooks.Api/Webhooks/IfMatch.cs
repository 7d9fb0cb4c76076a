using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Problems;
using Webhooks.Api.Requests;
using Webhooks.Core.Webhooks;

namespace Webhooks.Api.Webhooks;

/// <summary>
/// An endpoint's parameter: the header <c>If-Match</c>, by which a webhook is changed only in the state that the caller has read.
/// </summary>
/// <param name="States">The times of the last change, one of which the webhook must have; null when any will do.</param>
internal sealed record IfMatch(IReadOnlyCollection<DateTimeOffset>? States)
    : IBindableFromHttpContext<IfMatch>, IEndpointParameterMetadataProvider
{
    private const string Header = "If-Match";

    /// <exception cref="InvalidRequestException">The header cannot be understood.</exception>
    public static ValueTask<IfMatch?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        if (EntityTags.Read(context, Header) is not { } tags || tags.IsAny())
        {
            return ValueTask.FromResult<IfMatch?>(new IfMatch(States: null));
        }

        var states = new List<DateTimeOffset>();
        foreach (var tag in tags)
        {
            if (WebhookTag.TryReadChange(tag, out var updatedAt))
            {
                states.Add(updatedAt.Value);
            }
        }

        return ValueTask.FromResult<IfMatch?>(new IfMatch(states));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new HeaderDescription(
            Header,
            "The `ETag` of the webhook as you read it, or several, or `*` for any. When somebody has changed the webhook since, nothing is "
            + "changed, and the answer is 412. What changes by itself is no such change.",
            Example: AnswerHeader.ExampleTag));
        builder.Metadata.Add(InvalidRequestException.Answer);
    }

    /// <summary>Whether a webhook is in a state in which it may be changed.</summary>
    public bool IsMetBy(Webhook webhook) => States is null || States.Contains(webhook.UpdatedAt);
}
