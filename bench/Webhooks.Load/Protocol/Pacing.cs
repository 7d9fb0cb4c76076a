namespace Webhooks.Load.Protocol;

/// <summary>Load at a steady rate.</summary>
internal static class Pacing
{
    /// <summary>
    /// Calls <paramref name="send"/> with 0, 1, 2, ... at a steady rate, whether or not earlier calls have ended; returns when all have.
    /// </summary>
    public static async Task<TimeSpent> RunAsync(int perSecond, int seconds, Func<int, Task> send)
    {
        var total = perSecond * seconds;
        var pending = new List<Task>(total);
        var startedAt = Clock.Now;
        while (pending.Count < total)
        {
            var due = Math.Min(total, (int)((Clock.Now - startedAt) * (double)perSecond / 1e9) + 1);
            while (pending.Count < due)
            {
                pending.Add(send(pending.Count));
            }

            await Task.Delay(1);
        }

        await Task.WhenAll(pending);
        return new TimeSpent(startedAt, Clock.Now);
    }
}
