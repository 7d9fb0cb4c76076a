using Webhooks.Core.Recoveries;

namespace Webhooks.Api.Recoveries;

/// <summary>What a recovery would redeliver.</summary>
/// <param name="Count">How many deliveries.</param>
/// <param name="Oldest">When the first of them was created, UTC; null when there are none.</param>
/// <param name="Newest">When the last of them was created, UTC; null when there are none.</param>
/// <param name="ByEvent">How many of each event type.</param>
/// <param name="Complete">False when there was not enough time to count all: there are more.</param>
internal sealed record RecoveryPreviewResource(
    int Count, DateTime? Oldest, DateTime? Newest, IReadOnlyDictionary<string, int> ByEvent, bool Complete)
{
    public static RecoveryPreviewResource From(RecoveryPreview preview) => new(
        preview.Count, preview.Oldest?.UtcDateTime, preview.Newest?.UtcDateTime, preview.ByEvent, preview.Complete);
}
