using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Webhooks.Api.Problems;

/// <summary>The answer 404. It does not tell another organization's id from one that never was.</summary>
/// <param name="detail">What was looked for.</param>
internal sealed class NotFoundProblem(string detail) : IResult, IEndpointMetadataProvider
{
    public static readonly NotFoundProblem Webhook = new("Your organization has no webhook with this id.");

    public static readonly NotFoundProblem Delivery = new(
        "Your organization has no such webhook, or the webhook has no delivery with this id (any more: they are dropped when they are "
        + "old).");

    public static readonly NotFoundProblem Recovery = new(
        "Your organization has no such webhook, or the webhook has no recovery with this id.");

    public static readonly NotFoundProblem ApiKey = new("Your organization has no API key with this id (any more).");

    public static readonly NotFoundProblem PortalSession = new("Your organization has no portal session with this id (any more).");

    public static readonly NotFoundProblem Portal = new(
        "This installation has no portal: it was built without, and the folder portal beside the app is missing. Build it as the README "
        + "says, with Node.js.");

    public static readonly NotFoundProblem PortalFile = new(
        "The portal has no such file (any more): it may have been built again. Load the page again.");

    public static readonly NotFoundProblem Event = new(
        "Your organization has no delivery of an event with this id: there is none, no webhook wanted it, or it is too old.");

    public static readonly NotFoundProblem EventType = new("There is no event type of this name.");

    public static readonly NotFoundProblem Organization = new("There is no organization with this id, or it has made nothing yet.");

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(ProblemKind.NotFound.Answer);

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.Response.WriteProblemAsync(ProblemKind.NotFound.Details(detail));
}
