namespace Webhooks.Server.Queue;

/// <summary>A message whose event is being published.</summary>
/// <param name="Message">The message.</param>
/// <param name="Outcome">What is to become of it; canceled when that was given up.</param>
/// <param name="SetAside">Ends when its event turns out to be so much that it may take long; otherwise never.</param>
internal readonly record struct MessageInHand(HeldMessage Message, Task<MessageOutcome> Outcome, Task SetAside);
