using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Scalar.AspNetCore;

namespace Webhooks.Api.OpenApi;

/// <summary>The OpenAPI document, generated from the endpoints, and the page to browse it.</summary>
internal static class OpenApiServices
{
    public static IServiceCollection AddWebhooksOpenApi(this IServiceCollection services) =>
        services.AddOpenApi("v1", options =>
        {
            options.ShouldInclude = operation => operation.HttpMethod != HttpMethods.Head;
            options.CreateSchemaReferenceId = type =>
                OpenApiOptions.CreateDefaultSchemaReferenceId(type)?.Replace("Resource", "", StringComparison.Ordinal);
            options.AddDocumentTransformer(DocumentDescription.TransformAsync);
            options.AddOperationTransformer(OperationDescription.TransformAsync);
            options.AddSchemaTransformer(SchemaDescription.TransformAsync);
        });

    /// <summary>Maps the document to /openapi/v1.json and the page to /docs; both are open to anyone and name no data.</summary>
    public static void MapWebhooksOpenApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapOpenApi().AllowAnonymous();
        endpoints.MapScalarApiReference("/docs", Configure).AllowAnonymous();
    }

    /// <summary>The page must work without internet, and tell nobody that it is used.</summary>
    private static void Configure(ScalarOptions options)
    {
        options.WithTitle("Webhooks API")
            .WithOpenApiRoutePattern("/openapi/v1.json")
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()
            .DisableMcp();
        options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
    }
}
