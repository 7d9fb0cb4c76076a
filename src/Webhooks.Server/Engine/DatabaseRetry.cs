namespace Webhooks.Server.Engine;

/// <summary>How one part of the engine waits between tries of a statement that fails, and lets it be known that it waits.</summary>
internal sealed class DatabaseRetry(DatabaseAvailability database, TimeProvider clock)
{
    private readonly Backoff _backoff = new(clock);

    /// <summary>Whether the last try failed.</summary>
    public bool Failing { get; private set; }

    /// <summary>The statement failed: waits before the next try.</summary>
    public Task WaitAsync(Exception failure, CancellationToken cancellationToken)
    {
        database.Failed(failure);
        if (!Failing)
        {
            Failing = true;
            database.Lost(failure);
        }

        return _backoff.WaitAsync(cancellationToken);
    }

    /// <summary>The statement worked, or is not tried any more.</summary>
    public void End()
    {
        if (Failing)
        {
            Failing = false;
            _backoff.Reset();
            database.Found();
        }
    }
}
