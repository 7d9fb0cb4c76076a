namespace Webhooks.Server.Tests.Engine;

/// <summary>
/// A clock that stands still while the process does: from one look at it to the next, a few milliseconds pass at most. What an engine
/// concludes from how long something took does not depend then on a machine that gives the test no processor for a second.
/// </summary>
internal sealed class SteadyClock : TimeProvider
{
    private static readonly long _most = System.TimestampFrequency / 50;

    private readonly Lock _lock = new();
    private long _looked = System.GetTimestamp();
    private long _passed;

    public override long GetTimestamp()
    {
        lock (_lock)
        {
            var now = System.GetTimestamp();
            _passed += Math.Min(now - _looked, _most);
            _looked = now;
            return _passed;
        }
    }
}
