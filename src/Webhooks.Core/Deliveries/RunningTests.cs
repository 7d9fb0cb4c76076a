namespace Webhooks.Core.Deliveries;

/// <summary>
/// The test deliveries under way in this process: few of each organization, since each holds a request and a connection while its receiver
/// thinks.
/// </summary>
public sealed class RunningTests
{
    /// <summary>Tests of one organization at once.</summary>
    public const int MostOfOrganization = 5;

    private readonly OrganizationPlaces _places = new(MostOfOrganization);

    /// <summary>Begins a test.</summary>
    /// <returns>Ends it when it is disposed of; null when the organization has as many under way as it may have.</returns>
    public IDisposable? TryBegin(Guid orgId) => _places.TryTake(orgId);
}
