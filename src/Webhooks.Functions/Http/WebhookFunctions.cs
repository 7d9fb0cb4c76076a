using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Webhooks.Api;

namespace Webhooks.Functions.Http;

/// <summary>The operations on webhooks.</summary>
public sealed class WebhookFunctions(ApiPipeline api)
{
    private const string Webhooks = "api/v1/webhooks";
    private const string Webhook = Webhooks + "/{id}";
    private const string Secret = Webhook + "/secret";

    [Function(OperationNames.CreateWebhook)]
    public Task<IResult> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Webhooks)] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.ListWebhooks)]
    public Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Webhooks)] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.GetWebhook)]
    public Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Webhook)] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.UpdateWebhook)]
    public Task<IResult> UpdateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = Webhook)] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.DeleteWebhook)]
    public Task<IResult> DeleteAsync([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Webhook)] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.TestWebhook)]
    public Task<IResult> TestAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Webhook + "/test")] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.TestFilter)]
    public Task<IResult> TestFilterAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Webhooks + "/filter/test")] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.TestTransform)]
    public Task<IResult> TestTransformAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Webhooks + "/transform/test")] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.RotateSecret)]
    public Task<IResult> RotateSecretAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Secret + "/rotate")] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.PromoteSecret)]
    public Task<IResult> PromoteSecretAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Secret + "/promote")] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.EndSecretOverlap)]
    public Task<IResult> EndSecretOverlapAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Secret + "/previous")] HttpRequest request) =>
        api.RunAsync(request);
}
