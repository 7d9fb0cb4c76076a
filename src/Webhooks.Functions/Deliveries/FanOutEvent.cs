using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;
using Webhooks.Core.Organizations;
using Webhooks.Core.Postgres;

namespace Webhooks.Functions.Deliveries;

/// <summary>The trigger that accepts an event from the queue: it commits its deliveries, then has them started.</summary>
public sealed partial class FanOutEvent(
    EventMessageReader reader,
    KnownEventTypes types,
    EventPublisher publisher,
    PublishLimits limits,
    LaterEvents later,
    PendingDeliveries pending,
    DeliveryStarter starter,
    DatabasePatience patience,
    ILogger<FanOutEvent> logger)
{
    /// <summary>How often a message is tried that fails for a reason of its own that might pass.</summary>
    private const int MaxTries = 5;

    /// <summary>
    /// Handles a message. When it throws, the host repeats the message, for the better part of a day: no outage of ours makes an event
    /// poison.
    /// </summary>
    [Function(nameof(FanOutEvent))]
    public async Task<FanOutResult> RunAsync(
        [QueueTrigger(QueueNames.Events)] QueueMessage message,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        var queued = new QueuedEvent(message.MessageId, message.InsertedOn.GetValueOrDefault(), message.DequeueCount, message.Body);
        var read = await patience.RunAsync(() => ReadAsync(queued), cancellationToken);
        if (read.Errors.Count > 0)
        {
            return Refuse(message, read.ErrorSummary);
        }

        try
        {
            return await patience.RunAsync(() => FanOutAsync(queued, read.Messages[0], client), cancellationToken);
        }
        catch (ReusedKeyException reused)
        {
            return Refuse(message, reused.Message);
        }
        catch (ErasedOrganizationException)
        {
            LogDropped(message.MessageId, read.Messages[0].OrgId);
            return new FanOutResult();
        }
        catch (Exception failure) when (DatabaseFailure.IsForGood(failure))
        {
            return Refuse(message, $"it cannot be stored ({DatabaseFailure.Describe(failure)}).");
        }
        catch (Exception failure) when (message.DequeueCount >= MaxTries && !MayPass(failure))
        {
            return Refuse(message, $"it failed {message.DequeueCount} times, at last with {DatabaseFailure.Describe(failure)}.");
        }
    }

    /// <summary>Reads a message; what looks wrong, with the newest event types: its own may have been made just now.</summary>
    private async Task<EventMessages> ReadAsync(QueuedEvent queued)
    {
        await types.RefreshAsync(CancellationToken.None);
        var read = queued.Read(reader);
        if (read.Errors.Count == 0)
        {
            return read;
        }

        await types.ReadAgainAsync(CancellationToken.None);
        return queued.Read(reader);
    }

    private async Task<FanOutResult> FanOutAsync(QueuedEvent queued, EventMessage message, DurableTaskClient client)
    {
        if (await limits.TakeAsync([message], CancellationToken.None) is { Granted: false, Wait: var wait })
        {
            await later.PutAsync(queued, message, wait, CancellationToken.None);
            return new FanOutResult();
        }

        var published = await publisher.PublishEach([message], CancellationToken.None)[0].Published;
        var deliveries = published.NewDeliveries.Count + published.NewPulled == published.Deliveries
            ? published.NewDeliveries
            : await pending.NotBegunAsync(published, CancellationToken.None);

        // One delivery needs no fan-out message, which would be three storage requests and a wait for the next poll.
        if (deliveries is [var only])
        {
            await starter.StartAsync(client, only);
            return new FanOutResult();
        }

        return new FanOutResult { Deliveries = FanOutMessage.For(deliveries) };
    }

    private static bool MayPass(Exception failure) => failure is OperationCanceledException || DatabaseFailure.IsOutage(failure);

    private FanOutResult Refuse(QueueMessage message, string reason)
    {
        LogRefused(message.MessageId, reason);
        return new FanOutResult { Poison = [message.Body.ToString()] };
    }

    // An alert looks for the queue's name (infra/bicep/modules/alerts.bicep).
    [LoggerMessage(1, LogLevel.Error,
        "webhook event message {MessageId} can never be accepted and goes to " + QueueNames.EventsPoison + ": {Reason}")]
    private partial void LogRefused(string messageId, string reason);

    [LoggerMessage(2, LogLevel.Warning, "webhook event message {MessageId} is dropped: its organization {OrgId} is erased")]
    private partial void LogDropped(string messageId, Guid orgId);
}
