namespace Webhooks.Endurance.Tests.Soak;

/// <summary>What was measured in a third of a constant load.</summary>
/// <param name="Resident">The server's resident memory at several times, in bytes, least first.</param>
/// <param name="Costs">What publishing, claiming and recording cost the database.</param>
internal sealed record SoakThird(IReadOnlyList<long> Resident, StatementCosts Costs)
{
    public long MedianResident => Resident[Resident.Count / 2];
}
