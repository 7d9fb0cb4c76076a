namespace Webhooks.Server.Engine;

/// <summary>
/// How many attempts a webhook may have under way, learned from its receiver as TCP learns what a network carries: doubled with each
/// round trip that is fast, halved when no answer comes. So a healthy receiver gets all it may have within milliseconds, and a hanging
/// one holds little.
/// </summary>
internal readonly record struct CongestionWindow
{
    private const int Initial = 4;

    // A receiver that answers slowly needs several attempts under way, or it could never work off what it gets; but it gets fewer than a
    // fast one.
    private const int SlowPart = 4;

    private readonly double _size;
    private readonly int _most;

    /// <param name="most">The most that the window grows to.</param>
    public CongestionWindow(int most)
        : this(Math.Min(Initial, most), most)
    {
    }

    private CongestionWindow(double size, int most)
    {
        _size = Math.Clamp(size, 1, most);
        _most = most;
    }

    /// <summary>The attempts that may be under way, at least 1.</summary>
    public int Size => (int)_size;

    private double MostWhenSlow => Math.Max(1, _most / SlowPart);

    /// <summary>One more for each answer of a full window: the window doubles within a round trip.</summary>
    public CongestionWindow AfterFastAnswer() => new(_size + 1, _most);

    /// <summary>One more for each round trip, up to a part of what a fast receiver may have; half when there are more than that.</summary>
    public CongestionWindow AfterSlowAnswer() => _size > MostWhenSlow
        ? new(Math.Max(_size / 2, MostWhenSlow), _most)
        : new(Math.Min(_size + (1 / _size), MostWhenSlow), _most);

    /// <summary>Half.</summary>
    public CongestionWindow AfterNoAnswer() => new(_size / 2, _most);
}
