namespace Webhooks.Core.PortalSessions;

/// <summary>A session of the portal to make.</summary>
/// <param name="WebhookId">The webhook that it is for; null for all of the organization's.</param>
/// <param name="ReadOnly">Whether it may change nothing.</param>
/// <param name="Lifetime">How long it is accepted. The end of the key that makes it is the latest.</param>
/// <param name="MadeBy">The API key that makes it; null when a token does.</param>
public sealed record NewPortalSession(Guid? WebhookId, bool ReadOnly, TimeSpan Lifetime, Guid? MadeBy)
{
    /// <summary>The shortest lifetime.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    /// <summary>The longest lifetime.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>The lifetime when none is asked for.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromHours(1);
}
