using Microsoft.Extensions.Logging;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;
using Webhooks.Core.Organizations;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Inbox;

/// <summary>
/// The publisher of what is in the inbox: it fans out each event, as those of the queue are, and has the deliveries begun. Any number of
/// processes do it at once: each event is taken by one of them, and stored again without effect when that one ended before it could say so.
/// </summary>
public sealed partial class InboxPublisher(
    EventInbox inbox,
    EventPublisher publisher,
    KnownEventTypes types,
    PublishLimits limits,
    PendingDeliveries pending,
    IDeliveryDispatch dispatch,
    ILogger<InboxPublisher> logger)
{
    private const int MostAtOnce = 64;

    /// <summary>How often an event is tried that fails for a reason of its own that might pass.</summary>
    private const int MaxTries = 5;

    private volatile bool _limitsAreKept;

    /// <summary>
    /// Fans out what is due, until there is nothing more. When it is canceled, it sees through what it has taken: otherwise that would wait
    /// for the end of its lease.
    /// </summary>
    /// <exception cref="Exception">The database failed; what was taken is taken again, by whoever comes first.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!_limitsAreKept)
        {
            await inbox.KeepLimitsAsync(cancellationToken);
            _limitsAreKept = true;
        }

        while (await inbox.TakeAsync(MostAtOnce, cancellationToken) is { Count: > 0 } taken)
        {
            await types.RefreshAsync(CancellationToken.None);
            await PublishAsync(taken, CancellationToken.None);
        }
    }

    private async Task PublishAsync(IReadOnlyList<InboxEvent> taken, CancellationToken cancellationToken)
    {
        var allowed = new List<InboxEvent>(taken.Count);
        var held = new Dictionary<Guid, (PublishAllowance Allowance, List<InboxEvent> Events)>();
        foreach (var item in taken)
        {
            if (FaultOf(item.Message) is { } fault)
            {
                await RefuseAsync(item, fault, cancellationToken);
            }
            else if (held.TryGetValue(item.Message.OrgId, out var others))
            {
                others.Events.Add(item);
            }
            else if (await limits.TakeAsync([item.Message], cancellationToken) is { Granted: false } allowance)
            {
                held.Add(item.Message.OrgId, (allowance, [item]));
            }
            else
            {
                allowed.Add(item);
            }
        }

        foreach (var (allowance, events) in held.Values)
        {
            await inbox.PostponeAsync(events, allowance, cancellationToken);
        }

        var publishings = publisher.PublishEach([.. allowed.Select(item => item.Message)], cancellationToken);
        await Task.WhenAll(allowed.Select((item, index) => FinishAsync(item, publishings[index].Published, cancellationToken)));
    }

    /// <summary>What the function in SQL could not see: whether the data fits the schema of an event type that says so.</summary>
    private string? FaultOf(EventMessage message)
    {
        if (types.Current.Find(message.Event) is not { } type || types.Current.SchemaOf(type) is not { } schema)
        {
            return null;
        }

        var errors = new FieldErrors();
        schema.Check(message.Data.Span, "data", errors);
        return errors.Count == 0 ? null : new EventMessages([], IsArray: false, errors.ToDictionary()).ErrorSummary;
    }

    private async Task FinishAsync(InboxEvent item, Task<PublishedEvent> publishing, CancellationToken cancellationToken)
    {
        try
        {
            var published = await publishing;
            var deliveries = published.NewDeliveries.Count + published.NewPulled == published.Deliveries
                ? published.NewDeliveries
                : await pending.NotBegunAsync(published, cancellationToken);

            // The deliveries are stored: who ends now does not keep them from being begun.
            await dispatch.DispatchAsync(deliveries, CancellationToken.None);
            await inbox.CompleteAsync(published, cancellationToken);
        }
        catch (ErasedOrganizationException)
        {
            await inbox.DropAsync(item, cancellationToken);
            LogDropped(item.Id, item.Message.OrgId);
        }
        catch (Exception failure) when (DatabaseFailure.IsForGood(failure))
        {
            await RefuseAsync(item, $"It cannot be stored: {DatabaseFailure.Describe(failure)}.", cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException && !DatabaseFailure.IsOutage(failure))
        {
            var reason = DatabaseFailure.Describe(failure);
            if (item.Tries >= MaxTries)
            {
                await RefuseAsync(item, $"It failed {item.Tries} times, at last with {reason}.", cancellationToken);
            }
            else
            {
                LogTriedAgain(item.Id, reason);
            }
        }
    }

    private async Task RefuseAsync(InboxEvent item, string reason, CancellationToken cancellationToken)
    {
        await inbox.RefuseAsync(item, reason, cancellationToken);
        LogRefused(item.Id, item.Message.OrgId, reason);
    }

    [LoggerMessage(
        1,
        LogLevel.Error,
        "webhook event {EventId} of organization {OrgId} was published in a transaction, can never be accepted and stays in event_inbox: "
        + "{Reason}")]
    private partial void LogRefused(Guid eventId, Guid orgId, string reason);

    [LoggerMessage(
        2, LogLevel.Warning, "webhook event {EventId} was published in a transaction and is dropped: its organization {OrgId} is erased")]
    private partial void LogDropped(Guid eventId, Guid orgId);

    [LoggerMessage(
        3, LogLevel.Warning, "webhook event {EventId} of a transaction could not be fanned out and is tried again: {Reason}")]
    private partial void LogTriedAgain(Guid eventId, string reason);
}
