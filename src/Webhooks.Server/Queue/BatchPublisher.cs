using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;
using Webhooks.Core.Organizations;
using Webhooks.Core.Postgres;
using Webhooks.Server.Engine;

namespace Webhooks.Server.Queue;

/// <summary>The publisher of the events of a batch of messages, each for itself, which says what is to become of each message.</summary>
internal sealed partial class BatchPublisher(
    QueueListenerOptions options,
    EventMessageReader reader,
    EventPublisher publisher,
    PublishLimits limits,
    KnownEventTypes types,
    PublishPace pace,
    DatabaseSessions sessions,
    TimeProvider clock,
    ILogger<BatchPublisher> logger)
{
    private readonly Availability _database = new("the database", logger);

    /// <summary>
    /// Learns which organizations have limits, and which event types there are, before a batch is published. While the database is away,
    /// what is known holds.
    /// </summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await limits.RefreshAsync(cancellationToken);
            await types.RefreshAsync(cancellationToken);
        }
        catch (Exception outage) when (DatabaseFailure.IsOutage(outage))
        {
            sessions.Heed(outage);
            _database.Lost(outage);
        }
    }

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
        Task<bool>? newestTypes = null;
        foreach (var message in batch)
        {
            var read = Read(message, out _);
            if (read is not null && limits.Find(read.OrgId) is not null)
            {
                inHand.Add(new MessageInHand(
                    message, FinishLimitedAsync(message, read, giveUp, cancellationToken), SetAside: Task.CompletedTask));
            }
            else if (read is not null)
            {
                messages.Add(message);
                events.Add(read);
            }
            else
            {
                newestTypes ??= AskAsync(() => ReadTypesAsync(cancellationToken), giveUp);
                inHand.Add(new MessageInHand(
                    message, ReadAgainAsync(message, newestTypes, giveUp, cancellationToken), SetAside: Task.CompletedTask));
            }
        }

        if (events.Count > 0)
        {
            var publishings = publisher.PublishEach(events, cancellationToken);
            inHand.AddRange(publishings.Select((publishing, index) => new MessageInHand(
                messages[index],
                FinishAsync(publishing.Published, messages[index].Receives, events[index], giveUp, cancellationToken),
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

    /// <summary>
    /// Judges a message that looks wrong by the newest event types: its own may have been made just now, or its schema changed.
    /// </summary>
    private async Task<MessageOutcome> ReadAgainAsync(
        HeldMessage message, Task newestTypes, CancellationToken giveUp, CancellationToken cancellationToken)
    {
        await newestTypes;
        return Read(message, out var reason) is { } read
            ? await FinishLimitedAsync(message, read, giveUp, cancellationToken)
            : new MessageOutcome.Poison(reason);
    }

    private async Task<bool> ReadTypesAsync(CancellationToken cancellationToken)
    {
        await types.ReadAgainAsync(cancellationToken);
        return true;
    }

    /// <summary>
    /// Sees an event through whose organization may have a limit, once that allows it. Its message is received again and again meanwhile,
    /// so how often says nothing of failures: these are counted here.
    /// </summary>
    private async Task<MessageOutcome> FinishLimitedAsync(
        HeldMessage message, EventMessage item, CancellationToken giveUp, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(clock);
        for (var tries = 1; ; tries++)
        {
            if (await AskAsync(() => pace.WaitAsync(item, giveUp), giveUp) is { } later)
            {
                return new MessageOutcome.Later(later);
            }

            var published = publisher.PublishEach([item], cancellationToken)[0].Published;
            var outcome = await FinishAsync(published, tries, item, giveUp, cancellationToken);
            if (outcome is not MessageOutcome.TryAgain again)
            {
                return outcome;
            }

            LogTryAgain(message.Id, again.Reason);
            await backoff.WaitAsync(giveUp);
        }
    }

    /// <summary>Asks the database, and again for as long as it cannot be used.</summary>
    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken giveUp)
    {
        for (var backoff = new Backoff(clock); ;)
        {
            try
            {
                return await ask();
            }
            catch (Exception outage) when (DatabaseFailure.IsOutage(outage))
            {
                sessions.Heed(outage);
                _database.Lost(outage);
            }

            await backoff.WaitAsync(giveUp);
        }
    }

    /// <summary>Sees an event through: publishes it again for as long as the database cannot be used.</summary>
    private async Task<MessageOutcome> FinishAsync(
        Task<PublishedEvent> published,
        long tries,
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
                return OutcomeOf(failure, tries);
            }

            await backoff.WaitAsync(giveUp);

            // Nobody knows how much of it was stored.
            published = publisher.PublishEach([item with { MayBeStored = item.OwnId is not null }], cancellationToken)[0].Published;
        }
    }

    private MessageOutcome OutcomeOf(Exception failure, long tries)
    {
        var reason = DatabaseFailure.Describe(failure);
        return DatabaseFailure.IsForGood(failure) ? new MessageOutcome.Poison($"It cannot be stored: {reason}.")
            : tries >= options.MaxReceives
                ? new MessageOutcome.Poison($"It failed {tries} times, at last with {reason}.")
            : new MessageOutcome.TryAgain(reason);
    }

    [LoggerMessage(3, LogLevel.Warning, "webhook event message {MessageId} could not be published and is tried again: {Reason}")]
    private partial void LogTryAgain(string messageId, string reason);
}
