namespace Webhooks.Core.Pull;

/// <summary>A delivery that a receiver has pulled: the request that it would have got, and the lease on it.</summary>
/// <param name="Id">The delivery.</param>
/// <param name="LeaseToken">Proves the lease when its result is reported.</param>
/// <param name="LeaseUntil">Until when it is the receiver's, UTC.</param>
/// <param name="Attempt">The attempt's number, 1 for the first.</param>
/// <param name="Headers">The request's headers, by name.</param>
/// <param name="Body">The request's body: exactly what is signed, as UTF-8.</param>
public sealed record PulledDelivery(
    Guid Id,
    Guid LeaseToken,
    DateTimeOffset LeaseUntil,
    int Attempt,
    IReadOnlyDictionary<string, string> Headers,
    string Body);
