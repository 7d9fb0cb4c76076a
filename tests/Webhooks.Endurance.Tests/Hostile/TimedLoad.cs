using System.Collections.Concurrent;
using Webhooks.Testing;

namespace Webhooks.Endurance.Tests.Hostile;

/// <summary>
/// A load of a constant number of events each second, of one organization after the other, and how long they take to arrive.
/// </summary>
/// <param name="apis">The organizations.</param>
/// <param name="healthyEach">The receivers of each that are well.</param>
internal sealed class TimedLoad(IReadOnlyList<WebhooksApi> apis, int healthyEach)
{
    /// <summary>The type of its events.</summary>
    public const string EventType = "user.created";

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(80);

    private readonly ConcurrentDictionary<string, Publication> _publications = [];
    private int _published;

    /// <summary>Events published so far.</summary>
    public int Published => _published;

    /// <summary>A request has come to a receiver that is well.</summary>
    /// <param name="eventId">Its <c>webhook-id</c>.</param>
    public void Arrived(string eventId) => _publications[eventId].Arrived();

    /// <summary>Publishes for a while.</summary>
    /// <returns>The times that the events took to the receivers that are well, shortest first.</returns>
    public async Task<IReadOnlyList<TimeSpan>> MeasureAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var publishing = new List<Task<Publication>>();
        using var timer = new PeriodicTimer(_interval);
        for (var events = (int)(duration / _interval); events > 0; events--)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            publishing.Add(PublishAsync(apis[_published++ % apis.Count], cancellationToken));
        }

        var publications = await Task.WhenAll(publishing);
        await Task.WhenAll(publications.Select(publication => publication.Everywhere))
            .WaitAsync(TimeSpan.FromMinutes(3), cancellationToken);
        return [.. publications.SelectMany(publication => publication.Delays).Order()];
    }

    private async Task<Publication> PublishAsync(WebhooksApi api, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        var publication = new Publication(healthyEach);
        _publications[id.ToString()] = publication;
        await api.PublishAsync(id, EventType, new { }, cancellationToken);
        publication.Accepted();
        return publication;
    }
}
