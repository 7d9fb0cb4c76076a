using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Webhooks.Functions.Http;

/// <summary>The operations on event types.</summary>
public sealed class EventTypeFunctions(ApiPipeline api)
{
    [Function("EventTypes")]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "api/v1/event-types/{*path}")] HttpRequest request) => api.RunAsync(request);
}
