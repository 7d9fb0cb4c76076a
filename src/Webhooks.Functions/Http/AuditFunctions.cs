using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Webhooks.Api;

namespace Webhooks.Functions.Http;

/// <summary>The operation on audit entries.</summary>
public sealed class AuditFunctions(ApiPipeline api)
{
    [Function(OperationNames.ListAudit)]
    public Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/audit")] HttpRequest request) =>
        api.RunAsync(request);
}
