using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Webhooks.Api;

namespace Webhooks.Functions.Http;

/// <summary>The operations on counts of deliveries.</summary>
public sealed class StatisticsFunctions(ApiPipeline api)
{
    [Function(OperationNames.GetStatistics)]
    public Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/stats")] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.GetWebhookStatistics)]
    public Task<IResult> GetOfWebhookAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/webhooks/{id}/stats")] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.GetBacklog)]
    public Task<IResult> GetBacklogAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/backlog")] HttpRequest request) =>
        api.RunAsync(request);
}
