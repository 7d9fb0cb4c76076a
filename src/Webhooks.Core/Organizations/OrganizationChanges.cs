using Webhooks.Core.Webhooks;

namespace Webhooks.Core.Organizations;

/// <summary>Changes to an organization; null means unchanged.</summary>
/// <param name="Name">The new name; of null, none.</param>
/// <param name="MaxWebhooks">The new limit of webhooks; of null, the installation's.</param>
public sealed record OrganizationChanges(NewValue<string?>? Name = null, NewValue<int?>? MaxWebhooks = null);
