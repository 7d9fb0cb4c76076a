using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Webhooks.Functions.Http;

/// <summary>The operations on API keys.</summary>
public sealed class ApiKeyFunctions(ApiPipeline api)
{
    [Function("ApiKeys")]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "api/v1/api-keys/{*path}")] HttpRequest request) => api.RunAsync(request);
}
