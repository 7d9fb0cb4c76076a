namespace Webhooks.Core.Pull;

/// <summary>
/// The pulls under way in this process. Each may hold a request for as long as it waits, but no connection to the database.
/// </summary>
public sealed class RunningPulls
{
    /// <summary>Pulls of one organization at once.</summary>
    public const int MostOfOrganization = 20;

    /// <summary>Pulls of all organizations at once.</summary>
    private const int Most = 500;

    private readonly OrganizationPlaces _places = new(MostOfOrganization, Most);

    /// <summary>Begins a pull.</summary>
    /// <returns>Ends it when it is disposed of; null when as many are under way as may be.</returns>
    public IDisposable? TryBegin(Guid orgId) => _places.TryTake(orgId);
}
