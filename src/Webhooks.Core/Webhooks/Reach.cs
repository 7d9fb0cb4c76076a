namespace Webhooks.Core.Webhooks;

/// <summary>What a caller may see of webhooks and their history: an organization's, or one webhook of it.</summary>
/// <param name="OrgId">The organization.</param>
/// <param name="WebhookId">The webhook; null for all of them.</param>
public readonly record struct Reach(Guid OrgId, Guid? WebhookId)
{
    /// <summary>All of an organization's.</summary>
    public static implicit operator Reach(Guid orgId) => new(orgId, WebhookId: null);
}
