using Webhooks.Core.Events;
using Webhooks.Core.Organizations;
using Webhooks.Core.Postgres;
using Webhooks.Server.Engine;

namespace Webhooks.Server.Queue;

/// <summary>Publishes the events of a batch of messages, each for itself, and says what is to become of each message.</summary>
internal sealed class BatchPublisher(
    QueueListenerOptions options,
    EventMessageReader reader,
    EventPublisher publisher,
    DatabaseSessions sessions,
    TimeProvider clock,
    ILogger<BatchPublisher> logger)
{
    private static readonly Task _never = new TaskCompletionSource().Task;

    private readonly Availability _database = new("the database", logger);

    /// <summary>
    /// Publishes what can be published: together what is small, and nothing waits for what is not. While the database cannot be used, it
    /// waits for it with the messages in hand, so that none is used up by an outage.
    /// </summary>
    /// <param name="batch">The messages.</param>
    /// <param name="giveUp">Ends the waiting for the database: the messages become visible again by themselves.</param>
    /// <param name="cancellationToken">Ends also a statement that is under way.</param>
    /// <returns>One for each message, in any order.</returns>
    public IReadOnlyList<MessageInHand> Publish(
        IReadOnlyList<HeldMessage> batch, CancellationToken giveUp, CancellationToken cancellationToken)
    {
        var inHand = new List<MessageInHand>();
        var messages = new List<HeldMessage>();
        var events = new List<EventMessage>();
        foreach (var message in batch)
        {
            if (Read(message, out var reason) is { } read)
            {
                messages.Add(message);
                events.Add(read);
            }
            else
            {
                inHand.Add(new MessageInHand(message, Task.FromResult<MessageOutcome>(new MessageOutcome.Poison(reason)), _never));
            }
        }

        if (events.Count > 0)
        {
            var publishings = publisher.PublishEach(events, cancellationToken);
            inHand.AddRange(publishings.Select((publishing, index) => new MessageInHand(
                messages[index],
                FinishAsync(publishing.Published, messages[index], events[index], giveUp, cancellationToken),
                publishing.SetAside)));
        }

        return inHand;
    }

    private EventMessage? Read(HeldMessage message, out string reason)
    {
        var read = new QueuedEvent(message.Id, message.InsertedAt, message.Receives, message.Body).Read(reader);
        reason = read.ErrorSummary;
        return read.Messages is [var only] ? only : null;
    }

    /// <summary>Sees an event through: publishes it again for as long as the database cannot be used.</summary>
    private async Task<MessageOutcome> FinishAsync(
        Task<PublishedEvent> published,
        HeldMessage message,
        EventMessage item,
        CancellationToken giveUp,
        CancellationToken cancellationToken)
    {
        for (var backoff = new Backoff(clock); ;)
        {
            try
            {
                await published;
                _database.Available();
                return new MessageOutcome.Published();
            }
            catch (ReusedKeyException reused)
            {
                return new MessageOutcome.Poison(reused.Message);
            }
            catch (ErasedOrganizationException)
            {
                return new MessageOutcome.Dropped(item.OrgId);
            }
            catch (Exception outage) when (DatabaseFailure.IsOutage(outage))
            {
                sessions.Heed(outage);
                _database.Lost(outage);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                return OutcomeOf(failure, message);
            }

            await backoff.WaitAsync(giveUp);

            // Nobody knows how much of it was stored.
            published = publisher.PublishEach([item with { MayBeStored = item.OwnId is not null }], cancellationToken)[0].Published;
        }
    }

    private MessageOutcome OutcomeOf(Exception failure, HeldMessage message)
    {
        var reason = DatabaseFailure.Describe(failure);
        return DatabaseFailure.IsForGood(failure) ? new MessageOutcome.Poison($"It cannot be stored: {reason}.")
            : message.Receives >= options.MaxReceives
                ? new MessageOutcome.Poison($"It failed {message.Receives} times, at last with {reason}.")
            : new MessageOutcome.TryAgain(reason);
    }
}
