using Webhooks.Core.Credentials;

namespace Webhooks.Core.PortalSessions;

/// <summary>What is needed of a session of the portal to judge a request that has it.</summary>
/// <param name="WebhookId">The webhook that it is for; null for all of the organization's.</param>
/// <param name="ReadOnly">Whether it may change nothing.</param>
/// <inheritdoc/>
public sealed record KnownSession(
    Guid Id, Guid OrgId, Guid? WebhookId, bool ReadOnly, byte[] Hash, DateTimeOffset? ExpiresAt)
    : KnownCredential(Id, OrgId, Hash, ExpiresAt);
