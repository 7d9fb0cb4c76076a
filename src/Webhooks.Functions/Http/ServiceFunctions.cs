using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Webhooks.Functions.Http;

/// <summary>
/// What is not an operation of the API: health, the OpenAPI document and the page to browse it, and whatever else is asked for.
/// </summary>
public sealed class ServiceFunctions(ApiPipeline api)
{
    [Function("HealthLive")]
    public Task<IResult> LiveAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "health/live")] HttpRequest request) =>
        api.RunAsync(request);

    [Function("HealthReady")]
    public Task<IResult> ReadyAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "health/ready")] HttpRequest request) =>
        api.RunAsync(request);

    [Function("OpenApi")]
    public Task<IResult> OpenApiAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "openapi/v1.json")] HttpRequest request) =>
        api.RunAsync(request);

    [Function("Docs")]
    public Task<IResult> DocsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "docs/{*path}")] HttpRequest request) =>
        api.RunAsync(request);

    /// <summary>
    /// Says in the API's words that there is no such path, or not with this method; the host would say nothing. Its own paths come first.
    /// </summary>
    [Function("UnknownRoute")]
    public Task<IResult> UnknownAsync([HttpTrigger(AuthorizationLevel.Anonymous, Route = "{*path}")] HttpRequest request) =>
        api.RunAsync(request);
}
