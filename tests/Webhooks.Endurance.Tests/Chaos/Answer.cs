using Webhooks.Core.Sending;

namespace Webhooks.Endurance.Tests.Chaos;

/// <summary>How a receiver answers one request.</summary>
/// <param name="Status">The HTTP status; null when there is no answer.</param>
/// <param name="Error">The error that no answer is recorded with (<see cref="SendError"/>); null when there is one.</param>
/// <param name="After">The time that it lets pass first.</param>
internal sealed record Answer(int? Status, string? Error, TimeSpan After)
{
    private static readonly int[] _refusals = [500, 502, 503, 429, 404, 403, 302];

    private const int LongestMilliseconds = 400;

    /// <summary>Makes one up.</summary>
    /// <param name="random">Decides.</param>
    /// <param name="failures">The part of the requests that fail, from 0 to 1.</param>
    public static Answer Choose(Random random, double failures)
    {
        var after = random.Next(4) == 0 ? TimeSpan.FromMilliseconds(random.Next(LongestMilliseconds)) : TimeSpan.Zero;
        if (random.NextDouble() >= failures)
        {
            return new Answer(Status: 200, Error: null, after);
        }

        return random.Next(20) switch
        {
            0 => new Answer(Status: null, SendError.Timeout, after),
            <= 2 => new Answer(Status: null, SendError.ConnectionClosed, after),
            _ => new Answer(_refusals[random.Next(_refusals.Length)], Error: null, after),
        };
    }
}
