namespace Webhooks.Core.Organizations;

/// <summary>An organization, as operators see it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What operators call it; null when nobody has named it, and when it is erased.</param>
/// <param name="CreatedAt">When it was first seen, UTC.</param>
/// <param name="Webhooks">Its webhooks, up to <see cref="OrganizationStore.MostCounted"/>.</param>
/// <param name="ActiveWebhooks">Those of them that are active.</param>
/// <param name="PendingDeliveries">The deliveries to them that are pending, up to <see cref="OrganizationStore.MostCounted"/>.</param>
/// <param name="MaxWebhooks">The most webhooks that it may have; null when the installation's limit holds.</param>
/// <param name="PublishRate">How many events it may publish; null when there is no limit.</param>
/// <param name="FrameAncestors">The origins whose pages may show the portal in a frame.</param>
/// <param name="RefreshUrl">Where somebody whose session of the portal has ended gets another; null when nobody has said.</param>
/// <param name="Erasure">How far its erasure is; null when nobody has asked for it.</param>
public sealed record Organization(
    Guid Id,
    string? Name,
    DateTimeOffset CreatedAt,
    int Webhooks,
    int ActiveWebhooks,
    int PendingDeliveries,
    int? MaxWebhooks,
    PublishRate? PublishRate,
    IReadOnlyList<string> FrameAncestors,
    string? RefreshUrl,
    OrganizationErasure? Erasure);
