namespace Webhooks.Core.Transforms;

/// <summary>What a transform is given.</summary>
/// <param name="Event">The event type.</param>
/// <param name="Payload">The payload as it would be sent: a JSON object.</param>
public sealed record TransformInput(string Event, string Payload);
