using Webhooks.Core.Cancellation;

namespace Webhooks.Api.Cancellation;

/// <summary>What was canceled of a webhook's pending deliveries.</summary>
/// <param name="Canceled">How many are canceled now.</param>
/// <param name="UnderWay">
/// Of how many an attempt is under way. It is their last: they are `succeeded` if it is answered with 2xx, and otherwise `canceled`.
/// </param>
/// <param name="Complete">Whether that is all. If not, call again for the rest.</param>
internal sealed record CanceledDeliveries(int Canceled, int UnderWay, bool Complete)
{
    public static CanceledDeliveries From(CanceledBacklog backlog) => new(backlog.Canceled, backlog.UnderWay, backlog.Complete);
}
