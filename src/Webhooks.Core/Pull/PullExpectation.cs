namespace Webhooks.Core.Pull;

/// <summary>One who waits for deliveries of a webhook, until it is disposed of.</summary>
internal sealed class PullExpectation(PullArrivals arrivals, Guid webhookId) : IDisposable
{
    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when deliveries have come.</summary>
    public Task Told => _told.Task;

    public void Tell() => _told.TrySetResult();

    public void Dispose() => arrivals.Remove(webhookId, this);
}
