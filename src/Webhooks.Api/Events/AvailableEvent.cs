using Webhooks.Api.Json;

namespace Webhooks.Api.Events;

/// <summary>An event type.</summary>
/// <param name="Name">What webhooks and events name.</param>
/// <param name="Description">When it is published.</param>
/// <param name="Sample">A realistic `data` object.</param>
internal sealed record AvailableEvent(string Name, string Description, RawJson Sample);
