namespace Webhooks.Load.Publishing;

/// <summary>The events to publish.</summary>
/// <param name="Organizations">Whose events, in turn.</param>
/// <param name="Events">How many.</param>
/// <param name="Batch">How many in a request; 1 publishes them one by one.</param>
/// <param name="Connections">How many connections, each with one request at a time.</param>
internal sealed record PublishPlan(Guid[] Organizations, int Events, int Batch, int Connections);
