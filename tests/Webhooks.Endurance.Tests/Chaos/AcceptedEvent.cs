namespace Webhooks.Endurance.Tests.Chaos;

/// <summary>An event that was answered with 202, or that the queue has taken.</summary>
internal sealed record AcceptedEvent(Guid Id, Guid Organization, string Type);
