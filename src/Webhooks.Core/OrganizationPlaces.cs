using System.Collections.Concurrent;

namespace Webhooks.Core;

/// <summary>Places in this process for what organizations have under way: few of each, and not more than a number together.</summary>
/// <param name="mostOfOrganization">Places of one organization.</param>
/// <param name="most">Places of all.</param>
internal sealed class OrganizationPlaces(int mostOfOrganization, int most = int.MaxValue)
{
    private readonly ConcurrentDictionary<Guid, int> _taken = new();
    private int _all;

    /// <summary>Takes a place.</summary>
    /// <returns>Gives it back when it is disposed of; null when none is left.</returns>
    public IDisposable? TryTake(Guid orgId)
    {
        var all = Interlocked.Increment(ref _all);
        var taken = _taken.AddOrUpdate(orgId, 1, (_, before) => before + 1);
        if (taken <= mostOfOrganization && all <= most)
        {
            return new Place(this, orgId);
        }

        GiveBack(orgId);
        return null;
    }

    private void GiveBack(Guid orgId)
    {
        Interlocked.Decrement(ref _all);

        // Removed only as it is then: another may have been taken meanwhile.
        if (_taken.AddOrUpdate(orgId, 0, (_, before) => before - 1) == 0)
        {
            _taken.TryRemove(new KeyValuePair<Guid, int>(orgId, 0));
        }
    }

    private sealed class Place(OrganizationPlaces places, Guid orgId) : IDisposable
    {
        public void Dispose() => places.GiveBack(orgId);
    }
}
