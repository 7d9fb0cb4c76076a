using System.Collections.Concurrent;

namespace Webhooks.Core.Deliveries;

/// <summary>The webhooks whose attempts wait for something of ours, such as a key, so that each change is told once.</summary>
internal sealed class WaitingWebhooks
{
    private readonly ConcurrentDictionary<Guid, bool> _webhooks = [];

    /// <summary>A webhook waits.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Add(Guid webhookId) => _webhooks.TryAdd(webhookId, true);

    /// <summary>A webhook does not wait any more.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Remove(Guid webhookId) => _webhooks.ContainsKey(webhookId) && _webhooks.TryRemove(webhookId, out _);
}
