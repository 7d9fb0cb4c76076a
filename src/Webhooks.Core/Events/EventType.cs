namespace Webhooks.Core.Events;

/// <summary>A kind of event that the platform publishes.</summary>
/// <param name="Name">As in <c>user.created</c>.</param>
/// <param name="Category">The catalog's heading for it.</param>
/// <param name="Description">When it is published, in a sentence.</param>
/// <param name="Sample">A realistic <c>data</c> object, as JSON.</param>
public sealed record EventType(string Name, string Category, string Description, string Sample);
