using Webhooks.Core.Events;
using Webhooks.Core.Postgres;
using Webhooks.Server.Engine;

namespace Webhooks.Server.Queue;

/// <summary>Publishes the events of a batch of messages and says what is to become of each message.</summary>
internal sealed class BatchPublisher(
    QueueListenerOptions options,
    EventMessageReader reader,
    EventPublisher publisher,
    TimeProvider clock,
    ILogger<BatchPublisher> logger)
{
    private readonly Availability _database = new("the database", logger);

    /// <summary>Publishes what can be published. While the database cannot be used, it waits for it with the messages in hand, so that none is used up by an outage.</summary>
    /// <param name="giveUp">Ends the waiting: the messages become visible again by themselves.</param>
    /// <param name="cancellationToken">Ends also a statement that is under way.</param>
    /// <returns>The outcome of each message.</returns>
    public async Task<IReadOnlyDictionary<HeldMessage, MessageOutcome>> PublishAsync(
        IReadOnlyList<HeldMessage> batch, CancellationToken giveUp, CancellationToken cancellationToken)
    {
        var outcomes = new Dictionary<HeldMessage, MessageOutcome>();
        var events = new List<(HeldMessage Message, EventMessage Event)>();
        foreach (var message in batch)
        {
            if (Read(message, out var reason) is { } read)
            {
                events.Add((message, read));
            }
            else
            {
                outcomes[message] = new MessageOutcome.Poison(reason);
            }
        }

        if (events.Count > 0)
        {
            await PublishAsync(events, outcomes, giveUp, cancellationToken);
        }

        return outcomes;
    }

    private EventMessage? Read(HeldMessage message, out string reason)
    {
        var read = new QueuedEvent(message.Id, message.InsertedAt, message.Body).Read(reader);
        reason = read.ErrorSummary;
        return read.Messages is [var only] ? only : null;
    }

    /// <summary>All events by one statement or, when one of them makes it fail, each by its own, so that it harms no other.</summary>
    private async Task PublishAsync(
        List<(HeldMessage Message, EventMessage Event)> events,
        Dictionary<HeldMessage, MessageOutcome> outcomes,
        CancellationToken giveUp,
        CancellationToken cancellationToken)
    {
        try
        {
            await PublishAsync([.. events.Select(item => item.Event)], giveUp, cancellationToken);
            events.ForEach(item => outcomes[item.Message] = new MessageOutcome.Published());
        }
        catch (Exception failure) when (failure is not OperationCanceledException && events.Count == 1)
        {
            outcomes[events[0].Message] = OutcomeOf(failure, events[0].Message);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            foreach (var item in events)
            {
                await PublishAsync([item], outcomes, giveUp, cancellationToken);
            }
        }
    }

    private async Task PublishAsync(IReadOnlyList<EventMessage> events, CancellationToken giveUp, CancellationToken cancellationToken)
    {
        for (var backoff = new Backoff(clock); ; await backoff.WaitAsync(giveUp))
        {
            try
            {
                await publisher.PublishAsync(events, cancellationToken);
                _database.Available();
                return;
            }
            catch (Exception outage) when (DatabaseFailure.IsOutage(outage))
            {
                _database.Lost(outage);
            }
        }
    }

    private MessageOutcome OutcomeOf(Exception failure, HeldMessage message)
    {
        var reason = DatabaseFailure.Describe(failure);
        return DatabaseFailure.IsForGood(failure) ? new MessageOutcome.Poison($"It cannot be stored: {reason}.")
            : message.Receives >= options.MaxReceives ? new MessageOutcome.Poison($"It failed {message.Receives} times, at last with {reason}.")
            : new MessageOutcome.TryAgain(reason);
    }
}
