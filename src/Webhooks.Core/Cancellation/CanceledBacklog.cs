namespace Webhooks.Core.Cancellation;

/// <summary>What has been canceled of a webhook's backlog.</summary>
/// <param name="Canceled">Deliveries that are canceled now.</param>
/// <param name="UnderWay">
/// Deliveries of which an attempt is under way: it is the last, and its answer decides whether they have succeeded or are canceled.
/// </param>
/// <param name="Complete">Whether that is all. If not, asking again goes on with the rest.</param>
public sealed record CanceledBacklog(int Canceled, int UnderWay, bool Complete);
