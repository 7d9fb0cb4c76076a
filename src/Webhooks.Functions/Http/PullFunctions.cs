using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Webhooks.Functions.Http;

/// <summary>The operations by which receivers pull deliveries.</summary>
public sealed class PullFunctions(ApiPipeline api)
{
    [Function("Pull")]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "api/v1/webhooks/{id}/pull/{*path}")] HttpRequest request) =>
        api.RunAsync(request);
}
