namespace Webhooks.Api.Events;

/// <summary>Accepted events.</summary>
/// <param name="Data">One for each event of the request, in its order.</param>
internal sealed record PublishedEventsResource(IReadOnlyList<PublishedEventResource> Data);
