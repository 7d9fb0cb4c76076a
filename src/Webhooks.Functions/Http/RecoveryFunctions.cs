using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Webhooks.Api;
using Webhooks.Api.Recoveries;
using Webhooks.Functions.Recoveries;

namespace Webhooks.Functions.Http;

/// <summary>The operations on recoveries.</summary>
public sealed class RecoveryFunctions(ApiPipeline api, RecoveryStarter starter, ILogger<RecoveryFunctions> logger)
{
    private const string Recoveries = "api/v1/webhooks/{id}/recoveries";
    private const string Recovery = Recoveries + "/{recovery_id}";

    /// <summary>Starts the recovery's orchestration.</summary>
    [Function(OperationNames.CreateRecovery)]
    public Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Recoveries)] HttpRequest request,
        [DurableClient] DurableTaskClient client) =>
        RunAndStartAsync(request, client);

    [Function(OperationNames.ListRecoveries)]
    public Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Recoveries)] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.GetRecovery)]
    public Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Recovery)] HttpRequest request) =>
        api.RunAsync(request);

    [Function(OperationNames.PauseRecovery)]
    public Task<IResult> PauseAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Recovery + "/pause")] HttpRequest request) =>
        api.RunAsync(request);

    /// <summary>Starts the recovery's orchestration again: that before has ended when it was paused.</summary>
    [Function(OperationNames.ResumeRecovery)]
    public Task<IResult> ResumeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Recovery + "/resume")] HttpRequest request,
        [DurableClient] DurableTaskClient client) =>
        RunAndStartAsync(request, client);

    [Function(OperationNames.CancelRecovery)]
    public Task<IResult> CancelAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Recovery + "/cancel")] HttpRequest request) =>
        api.RunAsync(request);

    private Task<IResult> RunAndStartAsync(HttpRequest request, DurableTaskClient client)
    {
        request.HttpContext.Features.Set<IRecoveryOrchestrationFeature>(new RecoveryOrchestrationFeature(client, starter, logger));
        return api.RunAsync(request);
    }
}
