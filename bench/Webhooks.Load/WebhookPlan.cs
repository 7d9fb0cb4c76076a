using System.Text.Json;

namespace Webhooks.Load;

/// <summary>The webhooks to create.</summary>
/// <param name="Organizations">The URLs of the webhooks of each organization; all are for every event type.</param>
/// <param name="Filter">The filter that all have; null for none.</param>
/// <param name="Transform">The source of the transform that all have; null for none.</param>
internal sealed record WebhookPlan(string[][] Organizations, JsonElement? Filter = null, string? Transform = null);
