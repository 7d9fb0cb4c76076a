using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Webhooks.Api;
using Webhooks.Api.Deliveries;

namespace Webhooks.Functions.Http;

/// <summary>The operations on deliveries.</summary>
public sealed class DeliveryFunctions(ApiPipeline api, ILogger<DeliveryFunctions> logger)
{
    private const string Deliveries = "api/v1/webhooks/{id}/deliveries";
    private const string Delivery = Deliveries + "/{delivery_id}";

    [Function(OperationNames.ListDeliveries)]
    public Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Deliveries)] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.GetDeliveryRequest)]
    public Task<IResult> GetRequestAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Delivery + "/request")] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.Redeliver)]
    public Task<IResult> RedeliverAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Delivery + "/redeliver")] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.RedactDelivery)]
    public Task<IResult> RedactAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Delivery + "/redact")] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.CancelDelivery)]
    public Task<IResult> CancelAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Delivery + "/cancel")] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.CancelDeliveries)]
    public Task<IResult> CancelBacklogAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Deliveries + "/cancel")] HttpRequest request) =>
        api.RunAsync(request);

    /// <summary>Shows the orchestration's runtime status too.</summary>
    [Function(OperationNames.GetDelivery)]
    public Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Delivery)] HttpRequest request,
        [DurableClient] DurableTaskClient client)
    {
        request.HttpContext.Features.Set<IDeliveryOrchestrationFeature>(new DeliveryOrchestrationFeature(client, logger));
        return api.RunAsync(request);
    }
}
