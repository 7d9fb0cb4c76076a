namespace Webhooks.Server.Queue;

/// <summary>What is to become of a message.</summary>
internal abstract record MessageOutcome
{
    private MessageOutcome()
    {
    }

    /// <summary>Its event is committed: remove it.</summary>
    internal sealed record Published : MessageOutcome;

    /// <summary>Its organization is erased: remove it, since it must not be kept anywhere.</summary>
    /// <param name="OrgId">The organization.</param>
    internal sealed record Dropped(Guid OrgId) : MessageOutcome;

    /// <summary>A message that is moved to the poison queue.</summary>
    /// <param name="Reason">Why, without anything of its data.</param>
    internal sealed record Poison(string Reason) : MessageOutcome;

    /// <summary>A message that is given back for a while: its organization publishes more than it may.</summary>
    /// <param name="After">When it is to be visible again.</param>
    internal sealed record Later(TimeSpan After) : MessageOutcome;

    /// <summary>A message that becomes visible again.</summary>
    /// <param name="Reason">Why it failed, without anything of its data.</param>
    internal sealed record TryAgain(string Reason) : MessageOutcome;
}
