using System.Diagnostics;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Events;
using Webhooks.Core.Sending;

namespace Webhooks.Core.Telemetry;

/// <summary>
/// The traces of both hosts. An attempt is linked to the publishing of its event through the delivery's row, and not made its child: it may
/// be made hours later, and by another process. Receivers are told nothing of it.
/// </summary>
public sealed class WebhooksTracing : IDisposable
{
    /// <summary>The activity source's name.</summary>
    public const string SourceName = "Webhooks";

    /// <summary>
    /// The W3C <c>traceparent</c> of the current activity, which the attempts of what is being published link to;
    /// null when it is not sampled.
    /// </summary>
    public static string? CurrentTraceParent =>
        Activity.Current is { Recorded: true, IdFormat: ActivityIdFormat.W3C } current ? current.Id : null;

    internal ActivitySource Source { get; } = new(SourceName);

    /// <summary>Starts the publishing of events, linked to where their publishers put them on the queue.</summary>
    /// <returns>The activity; null when nobody listens.</returns>
    public Activity? StartPublish(IReadOnlyList<EventMessage> messages)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        return Source.StartActivity(
            ActivityKind.Producer,
            tags: [new("webhook.events", messages.Count)],
            links: messages.Select(message => message.TraceParent).Distinct().SelectMany(LinksTo).ToArray(),
            name: "webhook.publish");
    }

    /// <summary>Starts an attempt.</summary>
    /// <returns>The activity; null when nobody listens, or when it is not sampled.</returns>
    public Activity? StartAttempt(ClaimedDelivery delivery)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        return Source.StartActivity(
            ActivityKind.Client,
            tags:
            [
                new("webhook.id", delivery.WebhookId),
                new("webhook.delivery.id", delivery.Id),
                new("webhook.attempt", delivery.AttemptsMade + 1),
                new("webhook.event", delivery.Event),
            ],
            links: LinksTo(delivery.TraceParent),
            name: "webhook.attempt");
    }

    /// <summary>Says what came of an attempt.</summary>
    public static void AttemptMade(Activity? activity, SendOutcome outcome)
    {
        if (outcome is SendOutcome.Answered answered)
        {
            activity?.SetTag("http.response.status_code", answered.Status);
        }

        if (outcome.ToErrorTag() is { } error)
        {
            activity?.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);
        }
    }

    public void Dispose() => Source.Dispose();

    private static ActivityLink[] LinksTo(string? traceParent) =>
        ActivityContext.TryParse(traceParent, traceState: null, isRemote: true, out var context) ? [new ActivityLink(context)] : [];
}
