using Webhooks.Core.Pull;

namespace Webhooks.Api.Pull;

/// <summary>A delivery that is yours until its lease ends: the signed request, as it would have been posted.</summary>
/// <param name="Id">The delivery's id, to report its result with.</param>
/// <param name="LeaseToken">The lease, to report its result with.</param>
/// <param name="LeaseUntil">
/// When the lease ends, UTC. If no result was reported by then, that is an attempt without an answer, and it can be pulled again later.
/// </param>
/// <param name="Attempt">The attempt's number, 1 for the first.</param>
/// <param name="Headers">The request's headers.</param>
/// <param name="Body">The request's body; signed are exactly its bytes in UTF-8.</param>
internal sealed record PulledDeliveryResource(
    Guid Id, Guid LeaseToken, DateTime LeaseUntil, int Attempt, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public static PulledDeliveryResource From(PulledDelivery delivery) => new(
        delivery.Id, delivery.LeaseToken, delivery.LeaseUntil.UtcDateTime, delivery.Attempt, delivery.Headers, delivery.Body);
}
