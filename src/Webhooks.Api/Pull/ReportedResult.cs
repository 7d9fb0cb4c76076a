using System.Text.Json.Serialization;
using Webhooks.Api.Json;
using Webhooks.Core.Deliveries;

namespace Webhooks.Api.Pull;

/// <summary>What came of a reported result.</summary>
/// <param name="Id">The delivery's id, as it was reported.</param>
/// <param name="Recorded">Whether it was recorded as an attempt.</param>
/// <param name="Status">Where the delivery stands after it; null when it was not recorded.</param>
/// <param name="Problem">Why it was not recorded; null when it was.</param>
internal sealed record ReportedResult(
    Guid Id,
    bool Recorded,
    [property: JsonConverter(typeof(DeliveryStatusConverter))] DeliveryStatus? Status,
    string? Problem)
{
    /// <summary>It does not tell another's delivery from one that never was.</summary>
    private const string NotHeld =
        "The webhook has no delivery with this id that is leased under this token: its lease has ended, or its result is recorded already.";

    public static ReportedResult Of(Guid id, IReadOnlyDictionary<Guid, DeliveryStatus> recorded) =>
        recorded.TryGetValue(id, out var status)
            ? new ReportedResult(id, Recorded: true, status, Problem: null)
            : new ReportedResult(id, Recorded: false, Status: null, NotHeld);
}
