using Azure.Storage.Queues;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Webhooks.Core.Events;

namespace Webhooks.Functions.Deliveries;

/// <summary>
/// Event messages whose organizations publish more than their limits allow: each is put on the queue again, to be seen in a while, before
/// the host removes the one that came. So none is lost, and how often one is received does not count its waits.
/// </summary>
public sealed partial class LaterEvents(
    [FromKeyedServices(QueueNames.Events)] QueueClient queue, ILogger<LaterEvents> logger)
{
    /// <summary>Messages that wait for the same limit come back spread over this time.</summary>
    private static readonly TimeSpan _spread = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan _forever = TimeSpan.FromSeconds(-1);

    /// <summary>Puts a message on the queue again.</summary>
    /// <param name="message">As it came; it must have been found to be an event.</param>
    /// <param name="item">The event.</param>
    /// <param name="wait">After what time its limit may allow it.</param>
    /// <exception cref="Azure.RequestFailedException">It is not on the queue again: the host must repeat the one that came.</exception>
    public async Task PutAsync(QueuedEvent message, EventMessage item, TimeSpan wait, CancellationToken cancellationToken)
    {
        var after = wait < _longest ? wait : _longest;
        after = TimeSpan.FromSeconds(Math.Ceiling((after + (_spread * Random.Shared.NextDouble())).TotalSeconds));
        await queue.SendMessageAsync(message.NamedText(item), visibilityTimeout: after, timeToLive: _forever, cancellationToken);
        LogLater(message.MessageId, item.OrgId, after.TotalSeconds);
    }

    [LoggerMessage(1, LogLevel.Information,
        "webhook event message {MessageId} waits {Seconds} s: its organization {OrgId} publishes more than it may")]
    private partial void LogLater(string messageId, Guid orgId, double seconds);
}
