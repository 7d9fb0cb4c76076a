using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Webhooks.Api.Authentication;
using Webhooks.Api.Requests;
using Webhooks.Core.Transforms;

namespace Webhooks.Api.Transforms;

/// <summary><c>/webhooks/transform/test</c>: what a transform makes of a payload.</summary>
internal static class TransformEndpoints
{
    public static void MapTransforms(this IEndpointRouteBuilder api) =>
        api.MapPost("/webhooks/transform/test", TestAsync)
            .WithTags("Webhooks")
            .WithName(OperationNames.TestTransform)
            .WithSummary("Try a transform on a payload")
            .WithDescription(
                "By the code that runs before deliveries are sent. Says what would be sent, that nothing would, or why the script fails, "
                + "with the line. Nothing is stored.")
            .WithMetadata(new NarrowedToWebhook())
            .RequireAuthorization(Scopes.WriteWebhooks);

    private static async Task<Ok<TransformTrialResource>> TestAsync(
        Body<TestTransformBody> body, ClaimsPrincipal user, TransformRunner runner, CancellationToken cancellationToken)
    {
        var (source, input) = body.Value;
        var outcome = TransformCompiler.Compile(source, out var error) is { } script
            ? await runner.RunAsync(user.OrganizationId(), script, input, cancellationToken)
            : new TransformOutcome.Failed(error!);
        return TypedResults.Ok(TransformTrialResource.From(outcome));
    }
}
