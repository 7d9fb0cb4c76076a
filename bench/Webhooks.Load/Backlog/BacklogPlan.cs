namespace Webhooks.Load.Backlog;

/// <summary>The events whose deliveries are to wait in the database.</summary>
/// <param name="Organizations">Whose events, in turn.</param>
/// <param name="Events">How many.</param>
/// <param name="Batch">How many in a statement.</param>
/// <param name="Writers">How many statements at a time.</param>
internal sealed record BacklogPlan(Guid[] Organizations, int Events, int Batch, int Writers);
