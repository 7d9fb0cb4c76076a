namespace Webhooks.Api.Deliveries;

/// <summary>The orchestration that makes a delivery's attempts.</summary>
/// <param name="RuntimeStatus">
/// As the Durable Functions monitor shows it: `Pending`, `Running`, `Completed`, `Failed`, `Terminated` or `Suspended`.
/// </param>
/// <param name="CreatedAt">When it was started, UTC.</param>
/// <param name="LastUpdatedAt">When it last made a step, UTC.</param>
public sealed record DeliveryOrchestration(string RuntimeStatus, DateTime CreatedAt, DateTime LastUpdatedAt);
