using System.Diagnostics;

namespace Webhooks.Core.Events;

/// <summary>One publisher's events, which are stored together or not at all, and the promise of what becomes of them.</summary>
/// <param name="events">In the publisher's order; an event may be in it twice.</param>
/// <param name="together">
/// Whether also what is stored in parts is committed at once. Otherwise its publisher repeats the publishing until it has succeeded, and
/// each event has a name by which it is known then.
/// </param>
/// <param name="cancellationToken">The publisher does not wait any more.</param>
internal sealed class Publishing(IReadOnlyList<IdentifiedEvent> events, bool together, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<IReadOnlyList<PublishedEvent>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _setAside = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<IdentifiedEvent> Events => events;

    public bool Together => together;

    /// <summary>Whose turn it takes: the organization of the first event.</summary>
    public Guid OrgId => events[0].Message.OrgId;

    /// <summary>What storing it is expected to cost, as it was when it began to wait.</summary>
    public long Cost { get; set; }

    /// <summary>Whether some of it may be stored already, under ids that no key tells of.</summary>
    public bool MayBeStored { get; } = events.Any(item => item.Message.MayBeStored);

    /// <summary>Where it waits and its place there; null when it does not wait (any more). Guarded by the lanes' lock.</summary>
    public (WaitingPublishings Queue, LinkedListNode<Publishing> Place)? Waiting { get; set; }

    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>What the publishing is traced as; null when it is not.</summary>
    public Activity? Activity { get; } = Activity.Current;

    /// <summary>One published event for each event, or the failure.</summary>
    public Task<IReadOnlyList<PublishedEvent>> Answer => _answer.Task;

    /// <summary>Ends when it turns out that it is so much that it may have to wait for long.</summary>
    public Task SetAside => _setAside.Task;

    /// <summary>It may have to wait for long.</summary>
    public void MarkSetAside() => _setAside.TrySetResult();

    public void Succeed(IReadOnlyList<PublishedEvent> published) => _answer.TrySetResult(published);

    public void Fail(Exception failure)
    {
        if (failure is OperationCanceledException)
        {
            Cancel();
        }
        else
        {
            _answer.TrySetException(failure);
        }
    }

    public void Cancel() => _answer.TrySetCanceled(cancellationToken);
}
