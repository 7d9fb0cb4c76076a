using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Problems;
using Webhooks.Api.Requests;

namespace Webhooks.Api.Webhooks;

/// <summary>
/// An endpoint's parameter: the header <c>If-None-Match</c>, by which a webhook is shown only when it is not as the caller has it.
/// </summary>
/// <param name="Tags">The tags that the caller has; null when there is no such header.</param>
internal sealed record IfNoneMatch(IReadOnlyList<EntityTagHeaderValue>? Tags)
    : IBindableFromHttpContext<IfNoneMatch>, IEndpointParameterMetadataProvider
{
    private const string Header = "If-None-Match";

    /// <exception cref="InvalidRequestException">The header cannot be understood.</exception>
    public static ValueTask<IfNoneMatch?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        ValueTask.FromResult<IfNoneMatch?>(new IfNoneMatch(EntityTags.Read(context, Header)));

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new HeaderDescription(
            Header,
            "The `ETag` that you have, or several. When the webhook is still shown so, the answer is 304.",
            Example: AnswerHeader.ExampleTag));
        builder.Metadata.Add(InvalidRequestException.Answer);
    }

    /// <summary>Whether the caller has this tag already; weak tags count as well (RFC 9110, section 13.1.2).</summary>
    public bool Has(string tag) =>
        Tags is not null && (Tags.IsAny() || Tags.Any(own => own.Compare(EntityTagHeaderValue.Parse(tag), useStrongComparison: false)));
}
