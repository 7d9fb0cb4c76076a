using Webhooks.Core.Health;

namespace Webhooks.Api.Deliveries;

/// <summary>What a pending delivery waits for although its time has come. Waiting for it spends no attempt.</summary>
/// <param name="By">
/// `retry_after`: its receiver asked for time (429 or 503 with `Retry-After`); `circuit`: its receiver has not answered of late;
/// `pull`: its receiver is to pull it.
/// </param>
/// <param name="Until">Until when, UTC; null when that is not known: somebody is finding out whether the receiver answers, or it
/// waits to be pulled.</param>
internal sealed record HoldResource(string By, DateTime? Until)
{
    public static HoldResource? From(Hold? hold) => hold is null ? null : new HoldResource(hold.By, hold.Until?.UtcDateTime);
}
