using System.Collections.Concurrent;
using System.Diagnostics;
using Webhooks.Core.Telemetry;

namespace Webhooks.Core.Tests.Telemetry;

/// <summary>A listener to one object's activities, which hears what an exporter does.</summary>
internal sealed class ActivityRecorder : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly ConcurrentQueue<Activity> _stopped = [];

    /// <param name="tracing">Whose activities.</param>
    /// <param name="sampled">Whether they are sampled, or only made.</param>
    public ActivityRecorder(WebhooksTracing tracing, bool sampled = true)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source == tracing.Source,
            Sample = (ref _) => sampled ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.PropagationData,
            ActivityStopped = _stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The only activity of a name that has ended.</summary>
    public Activity Single(string name) => Assert.Single(_stopped, activity => activity.OperationName == name);

    public IReadOnlyList<Activity> All(string name) => [.. _stopped.Where(activity => activity.OperationName == name)];

    public void Dispose() => _listener.Dispose();
}
