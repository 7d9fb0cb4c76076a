using Webhooks.Testing;

namespace Webhooks.Endurance.Tests.Soak;

/// <summary>The first pages of a webhook's history, one of each kind of filter.</summary>
internal static class HistoryPages
{
    private static readonly string[] _queries = ["limit=50", "status=failed", "event=user.created", "response_status=503"];

    /// <summary>Reads them all.</summary>
    public static async Task ReadAsync(WebhooksApi api, Guid webhook)
    {
        foreach (var query in _queries)
        {
            await api.HistoryAsync(webhook, query);
        }
    }
}
