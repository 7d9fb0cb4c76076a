namespace Webhooks.Server.Engine;

/// <summary>The pause of a webhook, as the engine's clock has it; by default, none.</summary>
/// <param name="Until">Until then, nothing starts (<see cref="WebhookLanes.Now"/>).</param>
/// <param name="NeedsProbe">Whether an attempt has to be asked for then.</param>
internal readonly record struct LaneHold(TimeSpan Until, bool NeedsProbe);
