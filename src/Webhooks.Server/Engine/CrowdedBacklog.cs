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

    /// <summary>
    /// Between two claims from a crowd: each parks up to a thousand deliveries, which costs the others' share of the database, and helps
    /// nobody, since the others' work is found past the crowd as often.
    /// </summary>
    private static readonly TimeSpan _betweenClaims = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan _betweenSurveys = TimeSpan.FromSeconds(1);

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

        var parked = await held.ParkAsync(DeliveryClaimer.MostPerStatement, options.ParkLeast, options.ParkMost, cancellationToken);
        lanes.Expect(parked.Keys);
        await LearnAsync(DeliveryClaimer.MostPerStatement, parked.Values.Sum(), cancellationToken);
        return _crowded;
    }

    /// <summary>Learns from a claim from the head of the backlog, and finds who else has work.</summary>
    /// <param name="claimed">How many it was.</param>
    /// <param name="parked">How many of them no lane had room for.</param>
    public async Task LearnAsync(int claimed, int parked, CancellationToken cancellationToken)
    {
        _crowded = parked >= LeastParked && 2 * parked >= claimed;
        if (!_crowded)
        {
            return;
        }

        _claimAt = lanes.Now + _betweenClaims;
        if (lanes.Now >= _surveyAt)
        {
            (var webhooks, _surveyedTo) = await survey.FindWebhooksAsync(_surveyedTo, WebhooksPerSurvey, cancellationToken);
            _surveyAt = lanes.Now + _betweenSurveys;
            lanes.Expect(webhooks);
        }
    }
}
