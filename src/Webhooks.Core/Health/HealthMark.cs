using Webhooks.Core.Deliveries;
using Webhooks.Core.Sending;

namespace Webhooks.Core.Health;

/// <summary>What one result says of its webhook's receiver. Pure: the same results give the same marks, in both hosts.</summary>
/// <param name="Succeeded">Whether the attempt succeeded; null when none was made, which says nothing.</param>
/// <param name="InStreak">It failed, and no later result that is recorded with it succeeded: it counts as a failure in a row.</param>
/// <param name="Disables">Why it disables the webhook; null when it does not.</param>
/// <param name="Faulty">Whether it failed by the receiver's fault (<see cref="ReceiverFault"/>).</param>
/// <param name="InFaultStreak">It did, and no later result that is recorded with it is another answer.</param>
/// <param name="Pause">For how long the receiver wants nothing; null when it did not say so.</param>
internal readonly record struct HealthMark(
    bool? Succeeded, bool InStreak, string? Disables, bool Faulty, bool InFaultStreak, TimeSpan? Pause)
{
    private const int Gone = 410;

    /// <summary>The marks of results that are recorded together, in the order in which they came.</summary>
    public static HealthMark[] Of(IReadOnlyList<DeliveryResult> results)
    {
        var marks = new HealthMark[results.Count];

        // Who answered later matters to failures only, of which most statements have none.
        var firstFailure = FirstFailure(results);
        HashSet<Guid>? succeededLater = null, answeredLater = null;
        for (var position = results.Count - 1; position >= 0; position--)
        {
            var (webhookId, outcome) = (results[position].Delivery.WebhookId, results[position].Attempt?.Outcome);
            if (outcome is null)
            {
                continue;
            }

            var succeeded = outcome is SendOutcome.Answered { Success: true };

            // A receiver that pulls comes when it can: there is nothing to hold back from it.
            var faulty = ReceiverFault.Is(outcome) && !results[position].Delivery.Pulled;
            marks[position] = new HealthMark(
                succeeded,
                InStreak: !succeeded && succeededLater?.Contains(webhookId) is not true,
                DisablesBy(outcome),
                faulty,
                InFaultStreak: faulty && answeredLater?.Contains(webhookId) is not true,
                (outcome as SendOutcome.Answered)?.Wish?.RetryAfter);
            if (succeeded && position > firstFailure)
            {
                (succeededLater ??= []).Add(webhookId);
            }

            if (!faulty && position > firstFailure)
            {
                (answeredLater ??= []).Add(webhookId);
            }
        }

        return marks;
    }

    /// <returns>The position of the first result that failed; beyond the last when none did.</returns>
    private static int FirstFailure(IReadOnlyList<DeliveryResult> results)
    {
        var position = 0;
        while (position < results.Count && results[position].Attempt?.Outcome is null or SendOutcome.Answered { Success: true })
        {
            position++;
        }

        return position;
    }

    private static string? DisablesBy(SendOutcome outcome) => outcome switch
    {
        SendOutcome.Answered { Wish.Disable: true } => DisabledReason.ReceiverRequest,
        SendOutcome.Answered { Status: Gone } => DisabledReason.Gone,
        _ => null,
    };
}
