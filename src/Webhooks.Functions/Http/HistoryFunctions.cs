using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Webhooks.Api;

namespace Webhooks.Functions.Http;

/// <summary>The operations on an organization's history over all webhooks.</summary>
public sealed class HistoryFunctions(ApiPipeline api)
{
    private const string Events = "api/v1/events";

    [Function(OperationNames.ListAllDeliveries)]
    public Task<IResult> ListDeliveriesAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/deliveries")] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.ListEvents)]
    public Task<IResult> ListEventsAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Events)] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.GetEvent)]
    public Task<IResult> GetEventAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Events + "/{event_id}")] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.ExplainWebhook)]
    public Task<IResult> ExplainAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/webhooks/{id}/explain")] HttpRequest request) =>
        api.RunAsync(request);
}
