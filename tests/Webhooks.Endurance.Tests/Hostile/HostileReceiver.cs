using Webhooks.Testing;

namespace Webhooks.Endurance.Tests.Hostile;

/// <summary>A customer's server that behaves badly whenever its mood is so, and well otherwise.</summary>
internal sealed class HostileReceiver : IAsyncDisposable
{
    private const string Success = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    private readonly Hostility _hostility;
    private readonly Mood _mood;
    private readonly RawReceiver _receiver;
    private int _misdeeds;

    public HostileReceiver(Hostility hostility, Mood mood)
    {
        _hostility = hostility;
        _mood = mood;
        _receiver = RawReceiver.Start(RunAsync);
    }

    /// <summary>What it does.</summary>
    public string Name => _hostility.Name;

    /// <summary>Where it listens.</summary>
    public string Url => _receiver.Url;

    /// <summary>The connections on which it behaved badly.</summary>
    public int Misdeeds => Volatile.Read(ref _misdeeds);

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    private Task RunAsync(RawConnection connection, CancellationToken cancellationToken)
    {
        if (!_mood.IsHostile)
        {
            return BehaveAsync(connection, cancellationToken);
        }

        Interlocked.Increment(ref _misdeeds);
        return _hostility.Script(connection, cancellationToken);
    }

    /// <summary>Answers until the sender closes the connection, or the mood changes.</summary>
    private async Task BehaveAsync(RawConnection connection, CancellationToken cancellationToken)
    {
        while ((await connection.ReadRequestAsync(cancellationToken)).Length > 0 && !_mood.IsHostile)
        {
            await connection.WriteAsync(Success, cancellationToken);
        }
    }
}
