using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Webhooks.Functions.Http;

/// <summary>The portal for people, and the operations on its sessions.</summary>
public sealed class PortalFunctions(ApiPipeline api)
{
    [Function("PortalSessions")]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "api/v1/portal/{*path}")] HttpRequest request) => api.RunAsync(request);

    [Function("Portal")]
    public Task<IResult> ServeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "portal/{*path}")] HttpRequest request) =>
        api.RunAsync(request);
}
