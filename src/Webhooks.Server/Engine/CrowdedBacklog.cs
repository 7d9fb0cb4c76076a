using Webhooks.Core.Deliveries;

namespace Webhooks.Server.Engine;

/// <summary>
/// The crowd at the head of the backlog: what has been due longest is for webhooks that cannot take it now, and has to be parked before
/// anything behind it comes into view. While there is one, it is worked off at leisure, and other webhooks' work is looked for past it.
/// </summary>
internal sealed class CrowdedBacklog(
    BacklogSurvey survey, HeldBacklog held, WebhookLanes lanes, DueSignal signal, EngineOptions options)
{
    /// <summary>Fewer parked claims than that are no crowd.</summary>
    private const int LeastParked = 16;

    /// <summary>Webhooks that are looked for at once; those after them are the next time's.</summary>
    private const int WebhooksPerSurvey = 1000;

    private volatile bool _crowded;
    private TimeSpan _claimAt;
    private TimeSpan _surveyAt;
    private Guid _surveyedTo;

    /// <summary>Whether nothing is to be claimed from the head of the backlog yet.</summary>
    public bool Waits => _crowded && lanes.Now < _claimAt;

    /// <summary>Wakes the claimer if there is a crowd; to be called a few times a second.</summary>
    public void Wake()
    {
        if (_crowded)
        {
            signal.Set();
        }
    }

    /// <summary>Finds who else has work than the crowd, if there is one and it is time to.</summary>
    /// <returns>Whether it has looked.</returns>
    public async Task<bool> LookPastAsync(CancellationToken cancellationToken)
    {
        var began = lanes.Now;
        if (!_crowded || began < _surveyAt)
        {
            return false;
        }

        (var webhooks, _surveyedTo) = await survey.FindWebhooksAsync(_surveyedTo, WebhooksPerSurvey, cancellationToken);
        lanes.Expect(webhooks);
        var ended = lanes.Now;
        _surveyAt = ended + CrowdRest.After(ended - began);
        return true;
    }

    /// <summary>
    /// Parks what a crowd has for webhooks that are paused: nothing of it has to be claimed to learn that it cannot start.
    /// </summary>
    /// <returns>Whether that was most of the head of the backlog, so that there is probably more of it.</returns>
    public async Task<bool> ParkHeldAsync(CancellationToken cancellationToken)
    {
        if (!_crowded || !lanes.AnyHeld)
        {
            return false;
        }

        var began = lanes.Now;
        var parked = await held.ParkAsync(DeliveryClaimer.MostPerStatement, options.ParkLeast, options.ParkMost, cancellationToken);
        lanes.Expect(parked.Keys);
        Learn(DeliveryClaimer.MostPerStatement, parked.Values.Sum(), began);
        return _crowded;
    }

    /// <summary>Learns from a claim from the head of the backlog.</summary>
    /// <param name="claimed">How many it was.</param>
    /// <param name="parked">How many of them no lane had room for.</param>
    /// <param name="began">When they were asked for (<see cref="WebhookLanes.Now"/>).</param>
    public void Learn(int claimed, int parked, TimeSpan began)
    {
        _crowded = parked >= LeastParked && 2 * parked >= claimed;
        if (_crowded)
        {
            var ended = lanes.Now;
            _claimAt = ended + CrowdRest.After(ended - began);
            signal.Set();
        }
    }
}
