using System.Diagnostics;

namespace Webhooks.Testing;

/// <summary>A wait for what must come true sooner or later.</summary>
public static class Eventually
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="explain">Says how things are when it does not come true.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="TimeoutException">It does not come true within minutes.</exception>
    public static async Task HoldsAsync(Func<Task<bool>> condition, Func<string> explain, CancellationToken cancellationToken)
    {
        var waiting = Stopwatch.StartNew();
        while (!await condition())
        {
            if (waiting.Elapsed > _patience)
            {
                throw new TimeoutException($"Not within {_patience}: {explain()}");
            }

            await Task.Delay(50, cancellationToken);
        }
    }

    /// <inheritdoc cref="HoldsAsync(Func{Task{bool}}, Func{string}, CancellationToken)"/>
    public static Task HoldsAsync(Func<bool> condition, Func<string> explain, CancellationToken cancellationToken) =>
        HoldsAsync(() => Task.FromResult(condition()), explain, cancellationToken);
}
