using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Webhooks.Api;

namespace Webhooks.Functions.Http;

/// <summary>The operations on events.</summary>
public sealed class EventFunctions(ApiPipeline api)
{
    [Function(OperationNames.PublishEvents)]
    public Task<IResult> PublishAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/events")] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.ListAvailableEvents)]
    public Task<IResult> ListAvailableAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/webhooks/events/available")] HttpRequest request) =>
        api.RunAsync(request);
}
