using System.Collections.Concurrent;

namespace Webhooks.Core.Secrets;

/// <summary>The webhooks whose secrets could not be read when they were last needed, so that each change is told once.</summary>
internal sealed class UnreadableSecrets
{
    private readonly ConcurrentDictionary<Guid, bool> _webhooks = [];

    /// <summary>The secret of a webhook cannot be read.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Add(Guid webhookId) => _webhooks.TryAdd(webhookId, true);

    /// <summary>The secret of a webhook can be read, or is not needed any more.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Remove(Guid webhookId) => _webhooks.ContainsKey(webhookId) && _webhooks.TryRemove(webhookId, out _);
}
