namespace Webhooks.Core.Recoveries;

/// <summary>What a recovery would redeliver.</summary>
/// <param name="Count">How many deliveries.</param>
/// <param name="Oldest">When the first of them was created, UTC; null when there are none.</param>
/// <param name="Newest">When the last of them was created, UTC; null when there are none.</param>
/// <param name="ByEvent">How many of each event type.</param>
/// <param name="Complete">False when there was not enough time to count all: there are more.</param>
public sealed record RecoveryPreview(
    int Count, DateTimeOffset? Oldest, DateTimeOffset? Newest, IReadOnlyDictionary<string, int> ByEvent, bool Complete);
