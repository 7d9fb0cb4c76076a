namespace Webhooks.Core.Organizations;

/// <summary>What an organization's limit says to events that are to be published.</summary>
/// <param name="OrgId">The organization; of several, the one that has to wait longest.</param>
/// <param name="Rate">Its limit.</param>
/// <param name="Events">How many of the events are its own.</param>
/// <param name="Granted">Whether they may be published, and have been counted. Of several organizations all may, or none.</param>
/// <param name="Wait">After what time they may, if nobody else publishes; zero when they may now.</param>
/// <param name="Remaining">How many more may be published now.</param>
/// <param name="Reset">After what time the whole burst may be, if nobody publishes.</param>
public sealed record PublishAllowance(
    Guid OrgId, PublishRate Rate, int Events, bool Granted, TimeSpan Wait, int Remaining, TimeSpan Reset)
{
    /// <summary>Whether they are more than may ever be published at once.</summary>
    public bool IsMoreThanBurst => Events > Rate.Burst;
}
