using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Webhooks.Api.ApiKeys;
using Webhooks.Api.Audit;
using Webhooks.Api.Authentication;
using Webhooks.Api.Backlog;
using Webhooks.Api.Cancellation;
using Webhooks.Api.Deliveries;
using Webhooks.Api.Events;
using Webhooks.Api.EventTypes;
using Webhooks.Api.Filters;
using Webhooks.Api.Health;
using Webhooks.Api.History;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Organizations;
using Webhooks.Api.Portal;
using Webhooks.Api.Problems;
using Webhooks.Api.Pull;
using Webhooks.Api.Recoveries;
using Webhooks.Api.Redaction;
using Webhooks.Api.Redelivery;
using Webhooks.Api.Requests;
using Webhooks.Api.Security;
using Webhooks.Api.SentRequests;
using Webhooks.Api.Statistics;
using Webhooks.Api.Transforms;
using Webhooks.Api.Webhooks;

namespace Webhooks.Api;

/// <summary>
/// The API as a whole: a pipeline and the endpoints it ends in. A host with routing uses both as they are; a host that chooses the endpoint
/// itself builds the pipeline on an <see cref="ApplicationBuilder"/>, sets the endpoint of the request by its name and runs its delegate at
/// the end.
/// </summary>
public static class WebhooksApiPipeline
{
    /// <summary>Adds what every request passes before its endpoint: response headers, errors as problems, authentication and
    /// authorization.</summary>
    public static IApplicationBuilder UseWebhooksApi(this IApplicationBuilder app)
    {
        var problems = app.ApplicationServices.GetRequiredService<ExceptionProblems>();
        var outages = app.ApplicationServices.GetRequiredService<DatabaseOutages>();
        var actors = new RequestActor(app.ApplicationServices.GetRequiredService<ClientAddress>());
        var answers = app
            .Use(app.ApplicationServices.GetRequiredService<RequestIds>().AssignAsync)
            .Use(app.ApplicationServices.GetRequiredService<SecurityHeaders>().SetAsync)
            .UseExceptionHandler(new ExceptionHandlerOptions
            {
                ExceptionHandler = problems.WriteAsync,
                // The handler logs what is the operator's concern, without a client's mistakes.
                SuppressDiagnosticsCallback = _ => true,
            })
            .UseStatusCodePages(StatusProblems.WriteAsync);
        if (app.ApplicationServices.GetService<CorsPolicy>() is { } origins)
        {
            answers.UseMiddleware<CorsMiddleware>(origins);
        }

        return answers
            .Use(outages.WatchAsync)
            .UseAuthentication()
            .Use(OrganizationHeader.ApplyAsync)
            .UseAuthorization()
            .Use(PortalSessionReach.ApplyAsync)
            .Use(actors.SetAsync)
            .Use(app.ApplicationServices.GetRequiredService<RequestEventTypes>().RefreshAsync);
    }

    /// <summary>
    /// Maps every operation under /api/v1, each by its name in <see cref="OperationNames"/>, and the health, OpenAPI and reference
    /// pages and the portal.
    /// </summary>
    public static IEndpointRouteBuilder MapWebhooksApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapWebhooksOperations();
        var pages = endpoints.MapGroup("").AnswersHead();
        pages.MapWebhooksHealth();
        pages.MapWebhooksOpenApi();
        pages.MapPortal();
        return endpoints;
    }

    /// <summary>Maps the operations under /api/v1 alone.</summary>
    public static IEndpointRouteBuilder MapWebhooksOperations(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup(ApiPaths.Base)
            .AnswersHead()
            .WithMetadata(InvalidRequestException.Answer)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status500InternalServerError)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.MapWebhooks();
        api.MapFilters();
        api.MapTransforms();
        api.MapDeliveries();
        api.MapSentRequests();
        api.MapRedaction();
        api.MapRedelivery();
        api.MapCancellation();
        api.MapRecoveries();
        api.MapPull();
        api.MapHistory();
        api.MapStatistics();
        api.MapBacklog();
        api.MapEvents();
        api.MapEventTypes();
        api.MapAudit();
        api.MapApiKeys();
        api.MapPortalSessions();
        api.MapOrganizations();
        return endpoints;
    }
}
