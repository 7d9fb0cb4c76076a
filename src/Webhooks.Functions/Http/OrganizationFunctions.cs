using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Webhooks.Functions.Http;

/// <summary>The operations on organizations, for operators.</summary>
public sealed class OrganizationFunctions(ApiPipeline api)
{
    [Function("Organizations")]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "api/v1/organizations/{*path}")] HttpRequest request) =>
        api.RunAsync(request);
}
