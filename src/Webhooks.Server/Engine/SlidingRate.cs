namespace Webhooks.Server.Engine;

/// <summary>
/// How often something happened within the last second: a count of this second, and the part that still counts of the one before.
/// </summary>
internal struct SlidingRate
{
    private long _second;
    private int _thisSecond;
    private int _secondBefore;

    /// <summary>Counts one.</summary>
    /// <param name="now">Time on any clock that only goes forward.</param>
    public void Count(TimeSpan now)
    {
        Advance(now);
        _thisSecond++;
    }

    /// <summary>Per second.</summary>
    /// <param name="now">Time on the same clock.</param>
    public double At(TimeSpan now)
    {
        Advance(now);
        return _thisSecond + (_secondBefore * (1 - (now.TotalSeconds - _second)));
    }

    private void Advance(TimeSpan now)
    {
        var second = (long)now.TotalSeconds;
        if (second == _second)
        {
            return;
        }

        _secondBefore = second == _second + 1 ? _thisSecond : 0;
        _thisSecond = 0;
        _second = second;
    }
}
