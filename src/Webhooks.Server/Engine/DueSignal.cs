using System.Threading.Channels;

namespace Webhooks.Server.Engine;

/// <summary>
/// The signal that wakes who waits for work: some may be due, or there is room for it. Signals that come while one is pending are one.
/// </summary>
internal sealed class DueSignal
{
    private readonly Channel<bool> _pending = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Wakes the waiter, or the next one to wait.</summary>
    public void Set() => _pending.Writer.TryWrite(true);

    /// <summary>Waits for a signal and takes it.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken) => await _pending.Reader.ReadAsync(cancellationToken);
}
