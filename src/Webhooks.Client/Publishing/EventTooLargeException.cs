namespace Webhooks.Client.Publishing;

/// <summary>
/// The refusal of an event that does not fit into a message of a storage queue (64 KiB). Publish it over HTTP, which takes larger ones.
/// </summary>
/// <param name="bytes">Bytes of the event.</param>
/// <param name="limit">Bytes that a queue message may have.</param>
public sealed class EventTooLargeException(int bytes, int limit) : Exception(
    $"The event has {bytes} bytes; a queue message may have {limit}. "
    + $"Publish it over HTTP with {nameof(HttpPublisher)}, or make its data smaller.");
