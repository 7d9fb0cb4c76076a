namespace Webhooks.Core.Pull;

/// <summary>
/// Those who wait in this process for deliveries to pull. A server tells them of deliveries that come; where nobody does, they look by
/// themselves.
/// </summary>
public sealed class PullArrivals
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, HashSet<PullExpectation>> _expecting = [];

    /// <summary>Begins to expect deliveries of a webhook. Expect, and then look: what comes after the look is told.</summary>
    internal PullExpectation Expect(Guid webhookId)
    {
        var expectation = new PullExpectation(this, webhookId);
        lock (_gate)
        {
            if (!_expecting.TryGetValue(webhookId, out var others))
            {
                _expecting[webhookId] = others = [];
            }

            others.Add(expectation);
        }

        return expectation;
    }

    /// <summary>Deliveries of a webhook have come.</summary>
    public void Tell(Guid webhookId)
    {
        lock (_gate)
        {
            foreach (var expectation in _expecting.GetValueOrDefault(webhookId) ?? [])
            {
                expectation.Tell();
            }
        }
    }

    /// <summary>Any may have come.</summary>
    public void TellAll()
    {
        lock (_gate)
        {
            foreach (var expectation in _expecting.Values.SelectMany(others => others))
            {
                expectation.Tell();
            }
        }
    }

    internal void Remove(Guid webhookId, PullExpectation expectation)
    {
        lock (_gate)
        {
            if (_expecting.TryGetValue(webhookId, out var others) && others.Remove(expectation) && others.Count == 0)
            {
                _expecting.Remove(webhookId);
            }
        }
    }
}
