using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Webhooks.Functions.Http;

/// <summary>The operations on sessions of the portal.</summary>
public sealed class PortalFunctions(ApiPipeline api)
{
    [Function("PortalSessions")]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "api/v1/portal/{*path}")] HttpRequest request) => api.RunAsync(request);
}
