namespace Webhooks.Core.Recoveries;

/// <summary>Where a recovery stands, for who runs it.</summary>
/// <param name="Recovery">The recovery.</param>
/// <param name="Position">The last delivery that was looked at.</param>
/// <param name="Exhausted">Whether there are no more to look at.</param>
/// <param name="NextIn">How long until the next step is due; negative when that is past.</param>
/// <param name="CountIsDue">Whether the redeliveries that have ended are to be counted again.</param>
internal sealed record RecoveryStand(Recovery Recovery, Guid Position, bool Exhausted, TimeSpan NextIn, bool CountIsDue);
