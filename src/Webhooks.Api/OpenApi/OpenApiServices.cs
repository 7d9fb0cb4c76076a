using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
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
                typeof(ProblemDetails).IsAssignableFrom(type.Type)
                    ? "Problem"
                    : OpenApiOptions.CreateDefaultSchemaReferenceId(type)?.Replace("Resource", "", StringComparison.Ordinal);
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

    /// <summary>
    /// The page's scripts come from here, but for one that stands in it and is known by the request's nonce. Styles are set by the scripts.
    /// What the page may send requests to is this API alone.
    /// </summary>
    private static string Policy(string nonce) =>
        $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The page must work without internet, and tell nobody that it is used.</summary>
    private static void Configure(ScalarOptions options, HttpContext context)
    {
        var nonce = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        context.Response.Headers.ContentSecurityPolicy = Policy(nonce);
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        options.WithTitle("Webhooks API")
            .WithNonce(nonce)
            .WithOpenApiRoutePattern("/openapi/v1.json")
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()
            .DisableMcp();
        options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
    }
}
