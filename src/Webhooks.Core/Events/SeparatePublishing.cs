namespace Webhooks.Core.Events;

/// <summary>The publishing of one event of several that do not depend on each other.</summary>
/// <param name="Published">The accepted event, or why it is not.</param>
/// <param name="SetAside">
/// Ends when the event turns out to make so many deliveries, or so large ones, that it may have to wait for long; otherwise never.
/// </param>
public readonly record struct SeparatePublishing(Task<PublishedEvent> Published, Task SetAside);
