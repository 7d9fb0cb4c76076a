using Webhooks.Core.Pull;

namespace Webhooks.Api.Pull;

/// <summary>Deliveries that were pulled.</summary>
/// <param name="Deliveries">Oldest first; none when none came in time.</param>
internal sealed record PulledDeliveries(IReadOnlyList<PulledDeliveryResource> Deliveries)
{
    public static PulledDeliveries From(PullOutcome.Pulled pulled) =>
        new([.. pulled.Deliveries.Select(PulledDeliveryResource.From)]);
}
