using Microsoft.Extensions.Logging;
using Webhooks.Core.Organizations;
using Webhooks.Core.Telemetry;

namespace Webhooks.Core.Events;

/// <summary>The acceptance of events: when it returns, a delivery is committed for every matching webhook. Idempotent.</summary>
public sealed partial class EventPublisher(
    EventInsertion insertion,
    PartwiseInsertion parts,
    WebhooksTracing tracing,
    TimeProvider clock,
    ILogger<EventPublisher> logger) : IDisposable
{
    /// <summary>
    /// Erased organizations that somebody has published for. An erasure is for good: their events need not keep others' statements from
    /// being stored again.
    /// </summary>
    private readonly RecentlyUsed<Guid, ErasedOrganizationException> _erased = new(capacity: 1000, TimeSpan.FromHours(1), clock);

    private readonly PublishingLanes _lanes = new(insertion, parts, clock);

    /// <summary>Publishes all events or, when it throws, none.</summary>
    /// <param name="messages">Their data may change again when this has returned.</param>
    /// <param name="cancellationToken">Gives up; whether the events are published is then unknown.</param>
    /// <returns>
    /// One for each message, in order. Of messages with the same organization and key, the first makes the deliveries; the later ones
    /// have its id and number of deliveries.
    /// </returns>
    /// <exception cref="ReusedKeyException">The key of one belongs to another event.</exception>
    /// <exception cref="ErasedOrganizationException">The organization of one is erased.</exception>
    public async Task<IReadOnlyList<PublishedEvent>> PublishAsync(IReadOnlyList<EventMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
        {
            return [];
        }

        using var activity = tracing.StartPublish(messages);
        var events = Identify(messages);
        RefuseReusedKeys(events);
        var publishing = new Publishing(events, together: true, cancellationToken);
        _lanes.Add(Accepted([publishing]));
        return await StoreAsync(publishing);
    }

    /// <summary>
    /// Publishes each event for itself, for a caller that publishes an event again until that has succeeded: when an event makes very many
    /// deliveries, the first of them may be attempted before the last is stored, and stay when it throws.
    /// </summary>
    /// <param name="messages">Each with a key or an id of its own. Their data may change again when all tasks have ended.</param>
    /// <param name="cancellationToken">Gives up; whether the events are published is then unknown.</param>
    /// <returns>One for each message, in order.</returns>
    public IReadOnlyList<SeparatePublishing> PublishEach(IReadOnlyList<EventMessage> messages, CancellationToken cancellationToken)
    {
        var separate = new SeparatePublishing[messages.Count];

        // Until its first wait, it does all that this method has to do; what it awaits are the tasks that are returned.
        _ = PublishEachAsync(messages, separate, cancellationToken);
        return separate;
    }

    public void Dispose()
    {
        _lanes.Dispose();
        _erased.Dispose();
    }

    private async Task PublishEachAsync(
        IReadOnlyList<EventMessage> messages, SeparatePublishing[] separate, CancellationToken cancellationToken)
    {
        using var activity = tracing.StartPublish(messages);
        var publishings = Identify(messages).Select(item => new Publishing([item], together: false, cancellationToken)).ToArray();
        _lanes.Add(Accepted(publishings));
        for (var index = 0; index < separate.Length; index++)
        {
            separate[index] = new SeparatePublishing(StoreOneAsync(publishings[index]), publishings[index].SetAside);
        }

        await Task.WhenAll(separate.Select(Task (item) => item.Published)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private IdentifiedEvent[] Identify(IReadOnlyList<EventMessage> messages)
    {
        var now = clock.GetUtcNow();
        var traceParent = WebhooksTracing.CurrentTraceParent;
        var events = new IdentifiedEvent[messages.Count];
        for (var index = 0; index < events.Length; index++)
        {
            var message = messages[index];
            events[index] = new IdentifiedEvent(EventIdentity.Of(message, now), message, message.Timestamp ?? now, traceParent);
        }

        return events;
    }

    /// <summary>Of what is published together, a key names one event.</summary>
    private static void RefuseReusedKeys(IdentifiedEvent[] events)
    {
        if (events.Length == 1)
        {
            return;
        }

        var named = new Dictionary<(Guid OrgId, string? Key, Guid? OwnId), IdentifiedEvent>();
        for (var index = 0; index < events.Length; index++)
        {
            if (events[index].Name is { } name
                && !named.TryAdd(name, events[index])
                && named[name].DifferencesTo(events[index]) is { Count: > 0 } differing)
            {
                throw new ReusedKeyException(index, differing);
            }
        }
    }

    private async Task<IReadOnlyList<PublishedEvent>> StoreAsync(Publishing publishing)
    {
        await using var leaving = publishing.CancellationToken.UnsafeRegister(_ => _lanes.Leave(publishing), null);
        var published = await AnswerAsync(publishing);
        foreach (var accepted in published)
        {
            LogAccepted(
                accepted.Id, accepted.Event, accepted.OrgId, accepted.Deliveries, accepted.NewDeliveries.Count + accepted.NewPulled);
        }

        return published;
    }

    private async Task<IReadOnlyList<PublishedEvent>> AnswerAsync(Publishing publishing)
    {
        try
        {
            return await publishing.Answer;
        }
        catch (ErasedOrganizationException erased)
        {
            _erased.Add(erased.OrgId, erased);
            throw;
        }
    }

    /// <summary>Those whose organizations are not known to be erased; the others fail.</summary>
    private Publishing[] Accepted(Publishing[] publishings)
    {
        if (_erased.Count == 0)
        {
            return publishings;
        }

        var accepted = new List<Publishing>(publishings.Length);
        foreach (var publishing in publishings)
        {
            if (publishing.Events.Select(item => _erased.Find(item.Message.OrgId)).FirstOrDefault(known => known is not null) is { } erased)
            {
                publishing.Fail(new ErasedOrganizationException(erased.OrgId));
            }
            else
            {
                accepted.Add(publishing);
            }
        }

        return [.. accepted];
    }

    private async Task<PublishedEvent> StoreOneAsync(Publishing publishing) => (await StoreAsync(publishing))[0];

    [LoggerMessage(
        1,
        LogLevel.Information,
        "webhook event {EventId} {Event} of organization {OrgId} accepted: {Deliveries} deliveries, {NewDeliveries} of them new")]
    private partial void LogAccepted(Guid eventId, string @event, Guid orgId, int deliveries, int newDeliveries);
}
