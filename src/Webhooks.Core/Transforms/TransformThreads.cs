namespace Webhooks.Core.Transforms;

/// <summary>
/// The threads that scripts run on, and nothing else does. Organizations take turns, and each has one of them at a time: whoever has slow
/// scripts holds up nobody but himself, as long as fewer do than there are threads, and then for one run. They give way to all other
/// threads, so that deliveries without a script do not wait for them.
/// </summary>
internal sealed class TransformThreads : IDisposable
{
    /// <summary>Many times what <see cref="TransformStack"/> allows. What is not used takes no memory.</summary>
    private const int StackBytes = 32 * 1024 * 1024;

    private const int FewestThreads = 2;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Turns> _organizations = [];
    private readonly Queue<Turns> _next = [];
    private readonly SemaphoreSlim _work = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _threads = Math.Max(FewestThreads, Environment.ProcessorCount);
    private bool _started;

    /// <summary>Runs something of an organization on one of the threads.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled before its turn.</exception>
    public async Task<T> RunAsync<T>(Guid orgId, Func<T> run, CancellationToken cancellationToken)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var canceled = cancellationToken.Register(() => result.TrySetCanceled(cancellationToken));
        Add(orgId, () =>
        {
            if (result.Task.IsCompleted)
            {
                return;
            }

            try
            {
                result.TrySetResult(run());
            }
            catch (Exception failure)
            {
                result.TrySetException(failure);
            }
        });
        return await result.Task;
    }

    public void Dispose() => _stopping.Cancel();

    private void Add(Guid orgId, Action work)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
            Start();
            if (!_organizations.TryGetValue(orgId, out var turns))
            {
                _organizations.Add(orgId, turns = new Turns(orgId));
                _next.Enqueue(turns);
                _work.Release();
            }

            turns.Waiting.Enqueue(work);
        }
    }

    /// <summary>At the first work: most processes never have any. Needs the lock.</summary>
    private void Start()
    {
        if (_started)
        {
            return;
        }

        _started = true;
        for (var number = 0; number < _threads; number++)
        {
            new Thread(RunAll, StackBytes) { IsBackground = true, Name = "transforms" }.Start();
        }
    }

    private void RunAll()
    {
        ThreadPrecedence.GiveWay();
        try
        {
            while (true)
            {
                _work.Wait(_stopping.Token);
                RunNext();
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private void RunNext()
    {
        Turns turns;
        Action work;
        lock (_lock)
        {
            turns = _next.Dequeue();
            work = turns.Waiting.Dequeue();
        }

        work();
        lock (_lock)
        {
            if (turns.Waiting.Count == 0)
            {
                _organizations.Remove(turns.OrgId);
            }
            else
            {
                _next.Enqueue(turns);
                _work.Release();
            }
        }
    }

    private sealed class Turns(Guid orgId)
    {
        public Guid OrgId { get; } = orgId;

        public Queue<Action> Waiting { get; } = [];
    }
}
