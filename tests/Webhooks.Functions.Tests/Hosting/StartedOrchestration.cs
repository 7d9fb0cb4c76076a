namespace Webhooks.Functions.Tests.Hosting;

/// <summary>A start of an orchestration.</summary>
public sealed record StartedOrchestration(string Name, string InstanceId, string Input);
