namespace Webhooks.Core.Transforms;

/// <summary>
/// The rest of slow scripts. A processor that runs one is not there for deliveries without a script, which take turns of microseconds. So
/// all slow scripts together have a hundredth of the processors. A lower precedence of their threads would be worse: it passes on to
/// threads that they happen to start, and whoever waits for a lock that they hold, such as the garbage collector's, waits for all others,
/// too.
/// </summary>
/// <param name="Until">When it ends, on a clock that only goes forward.</param>
internal readonly record struct TransformRest(TimeSpan Until)
{
    private const int Factor = 100;

    /// <summary>Many times what an ordinary script takes, of a processor.</summary>
    private static readonly TimeSpan _slowFrom = TimeSpan.FromMilliseconds(5);

    /// <summary>Many organizations can have one slow run each at the same time, as when a process starts.</summary>
    private static readonly TimeSpan _most = TimeSpan.FromSeconds(5);

    /// <summary>Whether a run that had a processor for this long was slow.</summary>
    public static bool IsSlow(TimeSpan took) => took >= _slowFrom;

    /// <summary>The rest after one more slow run.</summary>
    public TransformRest After(TimeSpan took, TimeSpan now)
    {
        var until = now + Left(now) + (Factor * took / Environment.ProcessorCount);
        return new TransformRest(until < now + _most ? until : now + _most);
    }

    /// <summary>What is left of it.</summary>
    public TimeSpan Left(TimeSpan now) => Until > now ? Until - now : TimeSpan.Zero;
}
