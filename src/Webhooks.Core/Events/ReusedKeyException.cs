namespace Webhooks.Core.Events;

/// <summary>
/// The failure to publish an event whose idempotency key was used for another one within <see cref="EventIdentity.KeyLifetime"/>. Nothing
/// is published.
/// </summary>
/// <param name="index">Which of the events that were published together.</param>
/// <param name="differing">
/// The fields in which it differs from the event that the key belongs to: <c>event</c>, <c>timestamp</c>, <c>data</c>.
/// </param>
public sealed class ReusedKeyException(int index, IReadOnlyList<string> differing) : Exception(
    $"The id was used for another event within the last 7 days; what differs is: {string.Join(", ", differing)}. "
    + "An id names one event for good. Publish the same event again, or give the new one an id of its own.")
{
    /// <summary>Which of the events that were published together, from 0.</summary>
    public int Index => index;

    /// <summary>The fields in which the events differ.</summary>
    public IReadOnlyList<string> Differing => differing;
}
