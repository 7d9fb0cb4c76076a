using System.Text;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Sending;

namespace Webhooks.Core.Pull;

/// <summary>
/// The deliveries that receivers are given, and what they report of them. Everything that follows an attempt is as where the system makes
/// it: the same code decides and records.
/// </summary>
public sealed class DeliveryPulls(
    PullStore leases, DeliveryStore deliveries, DeliveryAttempter attempter, PullArrivals arrivals, TimeProvider clock)
{
    /// <summary>Between two looks while nobody tells of anything: retries come due without a word.</summary>
    private static readonly TimeSpan _betweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>Claims due deliveries of a webhook, and waits for the first if there is none.</summary>
    /// <param name="limit">The most, up to <see cref="PullLease.Most"/>.</param>
    /// <param name="wait">How long to wait for the first.</param>
    /// <param name="stopping">Ends the waiting, but no more.</param>
    /// <param name="cancellationToken">Is canceled when nobody wants the deliveries any more; none is claimed then.</param>
    /// <exception cref="Secrets.SecretUnavailableException">The webhook's secret cannot be decrypted now; nothing is claimed.</exception>
    /// <exception cref="Transforms.TransformsBusyException">A transform did not get its turn; nothing is claimed.</exception>
    public async Task<PullOutcome> PullAsync(
        Guid orgId, Guid webhookId, int limit, TimeSpan wait, CancellationToken stopping, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        var began = clock.GetTimestamp();
        while (true)
        {
            using var expectation = arrivals.Expect(webhookId);
            var (claims, refusal) = await leases.ClaimAsync(orgId, webhookId, limit, CancellationToken.None);
            if (refusal is not null)
            {
                return refusal;
            }

            if (await PrepareAsync(claims, cancellationToken) is { Count: > 0 } pulled)
            {
                return new PullOutcome.Pulled(pulled);
            }

            // What was claimed and came to nothing may not have been all.
            var patience = claims.Count > 0 ? PullLease.LongestWait : wait;
            var left = patience - clock.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || ending.IsCancellationRequested)
            {
                cancellationToken.ThrowIfCancellationRequested();
                return new PullOutcome.Pulled([]);
            }

            if (claims.Count == 0)
            {
                await WaitAsync(expectation, left < _betweenLooks ? left : _betweenLooks, ending.Token);
            }
        }
    }

    /// <summary>Records results, each of a delivery that is still the reporter's.</summary>
    /// <param name="results">No delivery twice.</param>
    /// <returns>Where the deliveries of those that were recorded stand; null when the organization has no such webhook.</returns>
    public async Task<IReadOnlyDictionary<Guid, DeliveryStatus>?> RecordAsync(
        Guid orgId, Guid webhookId, IReadOnlyList<PullResult> results, CancellationToken cancellationToken)
    {
        if (!await leases.HasWebhookAsync(orgId, webhookId, cancellationToken))
        {
            return null;
        }

        var claims = await leases.FindAsync(
            [.. results.Select(result => (result.DeliveryId, result.LeaseToken))], webhookId, cancellationToken);
        var byDelivery = results.ToDictionary(result => result.DeliveryId);
        return await RecordAsync([.. claims.Select(claim => Conclude(claim, byDelivery[claim.Id]))]);
    }

    /// <summary>Records an attempt that was not answered of each delivery whose lease has ended. Any number of processes may.</summary>
    /// <param name="limit">The most leases to look at.</param>
    /// <returns>How many were looked at.</returns>
    public async Task<int> RecordEndedAsync(int limit, CancellationToken cancellationToken)
    {
        var ended = await leases.FindEndedAsync(limit, cancellationToken);
        if (ended.Count == 0)
        {
            return 0;
        }

        var claims = await leases.FindAsync(ended, webhookId: null, cancellationToken);
        await RecordAsync([.. claims.Select(claim => Conclude(claim, SendFailure.LeaseEnded(PullLease.Time), PullLease.Time))]);

        // Also those of which somebody else has recorded a result: nobody needs them any more.
        await leases.ForgetAsync(ended, cancellationToken);
        return ended.Count;
    }

    private async Task<IReadOnlyDictionary<Guid, DeliveryStatus>> RecordAsync(IReadOnlyList<DeliveryResult> results)
    {
        // What was reported is recorded, even for a caller who has gone.
        var recorded = await deliveries.RecordAsync(results, CancellationToken.None);
        var made = results.Where(result => recorded.Ids.Contains(result.Delivery.Id)).ToArray();
        if (made.Length > 0)
        {
            await leases.ForgetAsync([.. made.Select(result => (result.Delivery.Id, result.Delivery.LeaseToken))], CancellationToken.None);
        }

        return made.ToDictionary(result => result.Delivery.Id, StatusOf);
    }

    /// <summary>What was canceled during the attempt gets no other.</summary>
    private static DeliveryStatus StatusOf(DeliveryResult result) =>
        result.Next is NextStep.RetryAt && result.Delivery.CancelRequested ? DeliveryStatus.Canceled : result.Next.Status;

    private DeliveryResult Conclude(ClaimedDelivery claim, PullResult result) =>
        Conclude(claim, result.Outcome, result.Duration ?? clock.GetUtcNow() - claim.ClaimedAt);

    private DeliveryResult Conclude(ClaimedDelivery claim, SendOutcome outcome, TimeSpan duration) => attempter.Conclude(
        claim,
        new Attempt(claim.AttemptsMade + 1, claim.ClaimedAt, duration > TimeSpan.Zero ? duration : TimeSpan.Zero, outcome));

    /// <summary>Makes the requests. What needs no attempt is recorded; when it fails, nothing is claimed any more.</summary>
    private async Task<IReadOnlyList<PulledDelivery>> PrepareAsync(
        IReadOnlyList<ClaimedDelivery> claims, CancellationToken cancellationToken)
    {
        var pulled = new List<PulledDelivery>(claims.Count);
        var instead = new List<DeliveryResult>();
        try
        {
            foreach (var claim in claims)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var (request, result) = await attempter.PreparePulledAsync(claim, cancellationToken);
                if (request is not null)
                {
                    pulled.Add(Lent(claim, request));
                }
                else
                {
                    instead.Add(result!);
                }
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
        catch
        {
            await deliveries.LeaveToPullAsync(claims, CancellationToken.None);
            throw;
        }

        if (instead.Count > 0)
        {
            await RecordAsync(instead);
        }

        return pulled;
    }

    private static PulledDelivery Lent(ClaimedDelivery claim, SendRequest request) => new(
        claim.Id,
        claim.LeaseToken,
        claim.ClaimedAt + PullLease.Time,
        request.AttemptNumber,
        SignedRequest.Headers(request),
        Encoding.UTF8.GetString(request.Body.Span));

    private async Task WaitAsync(PullExpectation expectation, TimeSpan most, CancellationToken ending)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ending);
        await Task.WhenAny(expectation.Told, Task.Delay(most, clock, enough.Token));
        await enough.CancelAsync();
    }
}
