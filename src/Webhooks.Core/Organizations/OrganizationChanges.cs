using Webhooks.Core.Webhooks;

namespace Webhooks.Core.Organizations;

/// <summary>Changes to an organization; null means unchanged.</summary>
/// <param name="Name">The new name; of null, none.</param>
/// <param name="MaxWebhooks">The new limit of webhooks; of null, the installation's.</param>
/// <param name="PublishRate">The new limit of events; of null, none.</param>
/// <param name="FrameAncestors">The new origins whose pages may show the portal in a frame.</param>
/// <param name="RefreshUrl">The new place to get another session of the portal; of null, none.</param>
public sealed record OrganizationChanges(
    NewValue<string?>? Name = null,
    NewValue<int?>? MaxWebhooks = null,
    NewValue<PublishRate?>? PublishRate = null,
    IReadOnlyList<string>? FrameAncestors = null,
    NewValue<string?>? RefreshUrl = null);
