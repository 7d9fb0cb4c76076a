using System.Collections.Concurrent;
using System.Diagnostics;

namespace Webhooks.Core.Transforms;

/// <summary>
/// The threads that scripts run on, and nothing else does. Organizations take turns, and each has one of them at a time: whoever has slow
/// scripts holds up nobody but himself. Those whose last run was a slow one share a thread that rests for most of the time
/// (<see cref="TransformRest"/>), so that deliveries without a script do not wait for them.
/// </summary>
/// <param name="prepare">What is to be done once on one of them, before the first run. It does not throw.</param>
internal sealed class TransformThreads(Action? prepare = null) : IDisposable
{
    /// <summary>Many times what <see cref="TransformStack"/> allows. What is not used takes no memory.</summary>
    internal const int StackBytes = 32 * 1024 * 1024;

    private const int FewestThreads = 2;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Turns> _organizations = [];
    private readonly BlockingCollection<Turns> _quick = [];
    private readonly BlockingCollection<Turns> _slow = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _threads = Math.Max(FewestThreads, Environment.ProcessorCount);
    private readonly Lazy<bool> _prepared = new(() =>
    {
        prepare?.Invoke();
        return true;
    });

    private TransformRest _rest;
    private bool _started;

    /// <summary>Runs something of an organization on one of the threads.</summary>
    /// <param name="orgId">The organization.</param>
    /// <param name="run">What to run. When it gives nothing, it runs once more: it ran out of time.</param>
    /// <param name="patience">How long it waits for a thread to run on.</param>
    /// <param name="cancellationToken">Gives it up before its turn.</param>
    /// <exception cref="OperationCanceledException">The token was canceled before its turn.</exception>
    /// <exception cref="TransformsBusyException">It did not get its turn.</exception>
    public async Task<T> RunAsync<T>(Guid orgId, Func<T?> run, TimeSpan patience, CancellationToken cancellationToken)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var impatience = new CancellationTokenSource(patience);
        await using var late = impatience.Token.Register(() => result.TrySetException(new TransformsBusyException()));
        await using var canceled = cancellationToken.Register(() => result.TrySetCanceled(cancellationToken));
        Add(orgId, new Work(result.Task, RunOnce));
        return await result.Task;

        void RunOnce()
        {
            try
            {
                impatience.CancelAfter(Timeout.InfiniteTimeSpan);
                if (run() is { } value)
                {
                    result.TrySetResult(value);
                }
                else
                {
                    impatience.CancelAfter(patience);
                }
            }
            catch (Exception failure)
            {
                result.TrySetException(failure);
            }
        }
    }

    public void Dispose() => _stopping.Cancel();

    private void Add(Guid orgId, Work work)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
            Start();
            if (!_organizations.TryGetValue(orgId, out var turns))
            {
                _organizations.Add(orgId, turns = new Turns(orgId));
            }

            turns.Add(work);
            LineUp(turns);
        }
    }

    /// <summary>Has an organization wait for its turn, unless it does so already or its script runs. Needs the lock.</summary>
    private void LineUp(Turns turns)
    {
        if (!turns.LinedUp)
        {
            turns.LinedUp = true;
            (turns.Slow ? _slow : _quick).Add(turns);
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
            Start(() => RunTurn(_quick));
        }

        Start(() => RunTurn(_slow));
    }

    private void Start(Action runTurn) =>
        new Thread(() => RunUntilStopped(runTurn), StackBytes) { IsBackground = true, Name = "transforms" }.Start();

    private void RunUntilStopped(Action runTurn)
    {
        try
        {
            while (_prepared.Value)
            {
                runTurn();
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    /// <summary>
    /// Gives an organization its turn, which lasts until what it runs has come to its end: however many wait for theirs, each turn brings
    /// one of them there. It ends as well when what seemed quick turns out to be slow.
    /// </summary>
    private void RunTurn(BlockingCollection<Turns> queue)
    {
        var turns = queue.Take(_stopping.Token);
        var slow = turns.Slow;
        bool goesOn;
        do
        {
            if (slow)
            {
                Rest();
            }

            goesOn = RunNext(turns);
        }
        while (goesOn && turns.Slow == slow);

        EndTurn(turns);
    }

    /// <summary>Rests once, even if others have a slow run meanwhile: a turn is to end while its delivery's lease lasts.</summary>
    private void Rest()
    {
        TimeSpan left;
        lock (_lock)
        {
            left = _rest.Left(Stopwatch.GetElapsedTime(0));
        }

        _stopping.Token.WaitHandle.WaitOne(left);
        _stopping.Token.ThrowIfCancellationRequested();
    }

    /// <returns>Whether it ran out of time, and is to run once more.</returns>
    private bool RunNext(Turns turns)
    {
        Work? work;
        lock (_lock)
        {
            work = turns.Next();
        }

        if (work is null)
        {
            return false;
        }

        var took = TimeOf(work);
        lock (_lock)
        {
            Judge(turns, took);
        }

        return !work.Result.IsCompleted;
    }

    private void EndTurn(Turns turns)
    {
        lock (_lock)
        {
            turns.LinedUp = false;
            if (turns.HasWork)
            {
                LineUp(turns);
            }
            else if (!turns.Slow)
            {
                _organizations.Remove(turns.OrgId);
            }
        }
    }

    /// <summary>Runs it. The clock on the wall is finer than that of the thread on some systems.</summary>
    private static TimeSpan TimeOf(Work work)
    {
        var (began, started) = (ThreadTime.Now(), Stopwatch.GetTimestamp());
        work.Run();
        var (took, passed) = (ThreadTime.Now() - began, Stopwatch.GetElapsedTime(started));
        return took < passed ? took : passed;
    }

    /// <summary>Needs the lock.</summary>
    private void Judge(Turns turns, TimeSpan took)
    {
        turns.Slow = TransformRest.IsSlow(took);
        if (turns.Slow)
        {
            _rest = _rest.After(took, Stopwatch.GetElapsedTime(0));
        }
    }

    /// <summary>Something to run.</summary>
    /// <param name="Result">Its result: once there is one, nobody waits for the run any more.</param>
    /// <param name="Run">The run, which does not throw.</param>
    private sealed record Work(Task Result, Action Run);

    private sealed class Turns(Guid orgId)
    {
        private readonly Queue<Work> _waiting = [];

        public Guid OrgId { get; } = orgId;

        /// <summary>Whether it waits for its turn, or has it.</summary>
        public bool LinedUp { get; set; }

        /// <summary>Whether its last run was slow.</summary>
        public bool Slow { get; set; }

        public bool HasWork => Next() is not null;

        public void Add(Work work)
        {
            DropEnded();
            _waiting.Enqueue(work);
        }

        /// <returns>Null when all have come to their end or been given up.</returns>
        public Work? Next()
        {
            DropEnded();
            return _waiting.TryPeek(out var next) ? next : null;
        }

        private void DropEnded()
        {
            while (_waiting.TryPeek(out var oldest) && oldest.Result.IsCompleted)
            {
                _waiting.Dequeue();
            }
        }
    }
}
