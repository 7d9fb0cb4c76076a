namespace Webhooks.Server.Listening;

/// <summary>How many connections clients have, of those that they may have at once, at all addresses together.</summary>
internal sealed partial class ConnectionLimit(int most, TimeProvider clock, ILogger<ConnectionLimit> logger)
{
    /// <summary>Between two lines that say the same of a crowd that goes on.</summary>
    private static readonly TimeSpan _silence = TimeSpan.FromMinutes(1);

    private readonly Lock _telling = new();
    private int _count;
    private int _refused;
    private long? _toldAt;

    /// <summary>Takes a place for one more connection; false when there is none.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= most)
        {
            return true;
        }

        Leave();
        return false;
    }

    /// <summary>Gives the place of a connection back.</summary>
    public void Leave() => Interlocked.Decrement(ref _count);

    /// <summary>Tells of a connection that found no place: the first at once, those of a crowd once a minute.</summary>
    public void Refused()
    {
        lock (_telling)
        {
            _refused++;
            if (_toldAt is null || clock.GetElapsedTime(_toldAt.Value) >= _silence)
            {
                LogRefused(most, _refused);
                _refused = 0;
                _toldAt = clock.GetTimestamp();
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning,
        "webhook server has the {Most} connections of clients that its descriptors (ulimit -n) allow: {Refused} more were closed since "
        + "this was last said")]
    private partial void LogRefused(int most, int refused);
}
