using System.Diagnostics;
using Jint;

namespace Webhooks.Core.Transforms;

/// <summary>
/// The end of a run that has had the processor for longer than it may. The clock on the wall says when to ask for that: it cannot have had
/// more.
/// </summary>
internal sealed class TransformTime : Constraint
{
    private TimeSpan _began;
    private long _asked;
    private TimeSpan _left;

    public override void Check()
    {
        if (Stopwatch.GetElapsedTime(_asked) < _left)
        {
            return;
        }

        _left = TransformLimits.Time - (ThreadTime.Now() - _began);
        if (_left <= TimeSpan.Zero)
        {
            throw new TimeoutException();
        }

        _asked = Stopwatch.GetTimestamp();
    }

    public override void Reset()
    {
        _began = ThreadTime.Now();
        _asked = Stopwatch.GetTimestamp();
        _left = TransformLimits.Time;
    }
}
