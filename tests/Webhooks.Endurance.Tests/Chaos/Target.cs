using Webhooks.Testing;

namespace Webhooks.Endurance.Tests.Chaos;

/// <summary>A webhook and the receiver that its URL names.</summary>
internal sealed record Target(Guid Organization, IReadOnlyList<string> Events, RegisteredWebhook Webhook, MoodyReceiver Receiver)
{
    /// <summary>Whether it gets an event.</summary>
    public bool Gets(AcceptedEvent accepted) =>
        accepted.Organization == Organization && (Events.Contains(accepted.Type) || Events.Contains("*"));
}
