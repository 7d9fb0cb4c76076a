using Webhooks.Core;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Health;

namespace Webhooks.Server.Engine;

/// <summary>
/// The supplier of the lanes: it claims what is due while there is room, parks what a lane cannot work off soon, and claims it again when
/// it can.
/// </summary>
internal sealed class DeliveryClaimer(
    DeliveryStore deliveries,
    WebhookLanes lanes,
    CrowdedBacklog crowd,
    WebhookPauses pauses,
    AttemptSlots slots,
    DueSignal signal,
    DatabaseAvailability database,
    EngineOptions options,
    WebhooksOptions webhooks,
    TimeProvider clock)
{
    /// <summary>Deliveries that a statement claims at most: more would make the first of them wait for the last to be read.</summary>
    public const int MostPerStatement = 1024;

    // The first of many is for a single webhook as likely as not, and nothing is known of it yet.
    private const int FewestPerStatement = 32;

    private static readonly TimeSpan _sweepInterval = TimeSpan.FromMilliseconds(250);

    private readonly TimeSpan _lease = options.LeaseFor(webhooks.AttemptTimeout);
    private int _limit = FewestPerStatement;
    private bool _begun;

    /// <summary>Claims until it is stopped.</summary>
    /// <param name="stopping">Ends the waiting, but not a statement: what that has claimed would be nobody's until its lease ends.</param>
    /// <param name="abandon">Ends statements, too.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken abandon)
    {
        using var sweep = clock.CreateTimer(_ => Sweep(), state: null, _sweepInterval, _sweepInterval);
        using var poll = clock.CreateTimer(_ => signal.Set(), state: null, TimeSpan.Zero, options.PollInterval);
        var retry = new DatabaseRetry(database, clock);
        try
        {
            while (true)
            {
                await signal.WaitAsync(stopping);
                await SupplyOrWaitAsync(retry, stopping, abandon);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // That is how it ends.
        }
    }

    private void Sweep()
    {
        lanes.Sweep();
        crowd.Wake();
    }

    private async Task SupplyOrWaitAsync(DatabaseRetry retry, CancellationToken stopping, CancellationToken abandon)
    {
        try
        {
            if (await SupplyAsync(abandon))
            {
                retry.End();
                database.Written();
            }
        }
        catch (Exception failure)
        {
            await retry.WaitAsync(failure, stopping);
            signal.Set();
        }
    }

    /// <returns>Whether the database was asked for anything. If it was not, it may still fail.</returns>
    private async Task<bool> SupplyAsync(CancellationToken abandon)
    {
        if (!_begun)
        {
            // What comes first must not go to a receiver that had been given up before this server began.
            lanes.Hold(await pauses.FindAsync(abandon));
            lanes.TakeIn();
            _begun = true;
        }

        slots.Fill();

        // A result that waits to be recorded has a lease. If that ended meanwhile, we would claim and attempt what we have attempted
        // already.
        if (lanes.Paused)
        {
            return await ParkAsync(abandon);
        }

        // What a refill looks for must not be just being parked.
        await ReleaseLateAsync(abandon);
        var refilled = await RefillAsync(abandon);
        var asked = await Task.WhenAll(ParkAsync(abandon), ClaimDueAsync(abandon));
        return refilled || asked[0] || asked[1];
    }

    private async Task<bool> RefillAsync(CancellationToken abandon)
    {
        var refills = lanes.TakeRefills();
        if (refills.Count == 0)
        {
            return false;
        }

        var claimedAt = lanes.Now;
        var claims = await deliveries.ClaimForWebhooksAsync(refills, _lease, abandon);
        lanes.Refill(refills, claims, claimedAt);
        slots.Fill();

        // Others may have had to wait for room that these did not need after all.
        signal.Set();
        return true;
    }

    private async Task<bool> ClaimDueAsync(CancellationToken abandon)
    {
        var limit = Math.Min(lanes.Room, _limit);
        if (limit == 0)
        {
            return false;
        }

        var looked = await crowd.LookPastAsync(abandon);
        if (crowd.Waits)
        {
            return looked;
        }

        if (await crowd.ParkHeldAsync(abandon))
        {
            return true;
        }

        var claimedAt = lanes.Now;
        var claims = await deliveries.ClaimDueAsync(limit, _lease, abandon);
        var parked = lanes.Add(claims, claimedAt);
        slots.Fill();
        crowd.Learn(claims.Count, parked, claimedAt);

        _limit = Math.Clamp(2 * claims.Count, FewestPerStatement, MostPerStatement);
        if (claims.Count == limit)
        {
            signal.Set();
        }

        return true;
    }

    private async Task<bool> ParkAsync(CancellationToken abandon)
    {
        var excess = lanes.TakeExcess();
        try
        {
            await deliveries.ParkAsync(excess, options.ParkLeast, options.ParkMost, abandon);
            return excess.Count > 0;
        }
        catch
        {
            lanes.ReturnExcess(excess);
            throw;
        }
    }

    /// <summary>Makes due what has waited for too long, with the rest of its lease: it is claimed again with what is due.</summary>
    private async Task ReleaseLateAsync(CancellationToken abandon)
    {
        var late = lanes.TakeLate();
        try
        {
            await deliveries.ReleaseAsync(late, abandon);
        }
        catch
        {
            lanes.ReturnLate(late);
            throw;
        }
    }
}
