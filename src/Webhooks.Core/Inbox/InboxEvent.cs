using Webhooks.Core.Events;

namespace Webhooks.Core.Inbox;

/// <summary>An event that was published in a transaction, as a process has taken it from the inbox to fan it out.</summary>
/// <param name="Message">What was published. Its id is its own: the inbox holds no other event of that organization under it.</param>
/// <param name="Tries">How often it has been taken, this time included.</param>
internal sealed record InboxEvent(EventMessage Message, int Tries)
{
    /// <summary>The event's id, which its publisher was given.</summary>
    public Guid Id => Message.OwnId!.Value;
}
