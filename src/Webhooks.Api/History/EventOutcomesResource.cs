using Webhooks.Core.History;

namespace Webhooks.Api.History;

/// <summary>
/// How far the event has come: the number of webhooks for each state. Of a delivery that was redelivered counts what became of that,
/// unless it had arrived before.
/// </summary>
/// <param name="Pending">An attempt is under way or will be made.</param>
/// <param name="Succeeded">It has arrived.</param>
/// <param name="Failed">Every attempt has failed.</param>
/// <param name="Canceled">It was given up.</param>
/// <param name="Skipped">The webhook was inactive when it came.</param>
internal sealed record EventOutcomesResource(int Pending, int Succeeded, int Failed, int Canceled, int Skipped)
{
    public static EventOutcomesResource From(EventOutcomes outcomes) =>
        new(outcomes.Pending, outcomes.Succeeded, outcomes.Failed, outcomes.Canceled, outcomes.Skipped);
}
