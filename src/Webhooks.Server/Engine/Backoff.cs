namespace Webhooks.Server.Engine;

/// <summary>The waits between tries: longer each time, and each time at random, so that processes do not try in step.</summary>
/// <param name="clock">Measures the waits.</param>
/// <param name="longest">The longest wait; 5 s when null.</param>
internal sealed class Backoff(TimeProvider clock, TimeSpan? longest = null)
{
    private static readonly TimeSpan _first = TimeSpan.FromMilliseconds(100);

    private readonly TimeSpan _longest = longest ?? TimeSpan.FromSeconds(5);

    private TimeSpan _next = _first;

    /// <summary>Waits half to all of the current time, which then doubles.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        var wait = _next * (0.5 + (Random.Shared.NextDouble() / 2));
        _next = _next * 2 < _longest ? _next * 2 : _longest;
        return Task.Delay(wait, clock, cancellationToken);
    }

    /// <summary>It worked: begin with the shortest wait again.</summary>
    public void Reset() => _next = _first;
}
