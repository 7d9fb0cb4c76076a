using Webhooks.Core.Organizations;

namespace Webhooks.Api.Organizations;

/// <summary>An organization, as those who operate the platform see it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What operators call it; null when nobody has named it, and when it is erased.</param>
/// <param name="CreatedAt">When it was first seen, UTC.</param>
/// <param name="Webhooks">How many webhooks it has; 10,000 are counted at most.</param>
/// <param name="ActiveWebhooks">How many of them are active.</param>
/// <param name="PendingDeliveries">How many deliveries to them are pending; 10,000 are counted at most.</param>
/// <param name="MaxWebhooks">The most webhooks that it may have; null when the installation's limit holds.</param>
/// <param name="PublishRate">How many events it may publish; null when there is no limit.</param>
/// <param name="FrameAncestors">The origins whose pages may show its portal in a frame.</param>
/// <param name="RefreshUrl">Where somebody whose session of the portal has ended gets another; null for nowhere.</param>
/// <param name="Erasure">How far its erasure is; null when nobody has asked for it.</param>
internal sealed record OrganizationResource(
    Guid Id,
    string? Name,
    DateTime CreatedAt,
    int Webhooks,
    int ActiveWebhooks,
    int PendingDeliveries,
    int? MaxWebhooks,
    PublishRate? PublishRate,
    IReadOnlyList<string> FrameAncestors,
    string? RefreshUrl,
    ErasureResource? Erasure)
{
    public static OrganizationResource From(Organization organization) => new(
        organization.Id,
        organization.Name,
        organization.CreatedAt.UtcDateTime,
        organization.Webhooks,
        organization.ActiveWebhooks,
        organization.PendingDeliveries,
        organization.MaxWebhooks,
        organization.PublishRate,
        organization.FrameAncestors,
        organization.RefreshUrl,
        organization.Erasure is { } erasure ? ErasureResource.From(erasure) : null);
}
