using System.Diagnostics;

namespace Webhooks.Core.Events;

/// <summary>One publisher's events, which are stored together or not at all, and the promise of what becomes of them.</summary>
/// <param name="events">In the publisher's order; an event may be in it twice.</param>
/// <param name="cancellationToken">The publisher does not wait any more.</param>
internal sealed class Publishing(IReadOnlyList<IdentifiedEvent> events, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<IReadOnlyList<PublishedEvent>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<IdentifiedEvent> Events => events;

    /// <summary>Bytes of the events' data.</summary>
    public int Bytes { get; } = events.Sum(item => item.Message.Data.Length);

    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>What the publishing is traced as; null when it is not.</summary>
    public Activity? Activity { get; } = Activity.Current;

    /// <summary>One published event for each event, or the failure.</summary>
    public Task<IReadOnlyList<PublishedEvent>> Answer => _answer.Task;

    public void Succeed(IReadOnlyList<PublishedEvent> published) => _answer.SetResult(published);

    public void Fail(Exception failure)
    {
        if (failure is OperationCanceledException)
        {
            Cancel();
        }
        else
        {
            _answer.SetException(failure);
        }
    }

    public void Cancel() => _answer.SetCanceled(cancellationToken);
}
