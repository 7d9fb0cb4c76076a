using Microsoft.Azure.Functions.Worker;
using Webhooks.Core.Inbox;

namespace Webhooks.Functions.Deliveries;

/// <summary>
/// The trigger that accepts events which were published in transactions: it commits their deliveries, then has them started. No database
/// can wake the app, so it looks every five seconds, on one instance at a time.
/// </summary>
public sealed class PublishInbox(InboxPublisher publisher)
{
    /// <summary>Fans out what is there. When it throws, the next run takes what is left.</summary>
    [Function(nameof(PublishInbox))]
    public Task RunAsync([TimerTrigger("*/5 * * * * *", UseMonitor = false)] TimerInfo timer, CancellationToken cancellationToken) =>
        publisher.RunAsync(cancellationToken);
}
