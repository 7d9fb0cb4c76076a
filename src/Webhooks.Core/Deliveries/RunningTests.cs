using System.Collections.Concurrent;

namespace Webhooks.Core.Deliveries;

/// <summary>
/// The test deliveries under way in this process: few of each organization, since each holds a request and a connection while its receiver
/// thinks.
/// </summary>
public sealed class RunningTests
{
    /// <summary>Tests of one organization at once.</summary>
    public const int MostOfOrganization = 5;

    private readonly ConcurrentDictionary<Guid, int> _running = new();

    /// <summary>Begins a test.</summary>
    /// <returns>Ends it when it is disposed of; null when the organization has as many under way as it may have.</returns>
    public IDisposable? TryBegin(Guid orgId)
    {
        var running = _running.AddOrUpdate(orgId, 1, (_, before) => before + 1);
        if (running <= MostOfOrganization)
        {
            return new RunningTest(this, orgId);
        }

        End(orgId);
        return null;
    }

    private void End(Guid orgId)
    {
        // Removed only as it is then: another may have begun meanwhile.
        if (_running.AddOrUpdate(orgId, 0, (_, before) => before - 1) == 0)
        {
            _running.TryRemove(new KeyValuePair<Guid, int>(orgId, 0));
        }
    }

    private sealed class RunningTest(RunningTests tests, Guid orgId) : IDisposable
    {
        public void Dispose() => tests.End(orgId);
    }
}
