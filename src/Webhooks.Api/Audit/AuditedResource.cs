namespace Webhooks.Api.Audit;

/// <summary>What was changed.</summary>
/// <param name="Kind">What it is: `webhook`, `delivery` or `recovery`, for example.</param>
/// <param name="Id">Its id.</param>
internal sealed record AuditedResource(string Kind, string Id);
