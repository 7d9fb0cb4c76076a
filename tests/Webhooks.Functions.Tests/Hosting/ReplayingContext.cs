using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Webhooks.Functions.Deliveries;

namespace Webhooks.Functions.Tests.Hosting;

/// <summary>The context of one run of an orchestrator from its start: answers from the history, and refuses anything that differs from it.</summary>
internal sealed class ReplayingContext(IReadOnlyList<ReplayedStep> history, DateTime now, string instanceId) : TaskOrchestrationContext
{
    /// <summary>What the orchestrator asked for that the history does not have yet.</summary>
    public ReplayedStep? Awaited { get; private set; }

    /// <summary>How many things the orchestrator asked for.</summary>
    public int Asked { get; private set; }

    /// <summary>As JSON.</summary>
    public string? CustomStatus { get; private set; }

    public override TaskName Name => nameof(DeliverWebhook);

    public override string InstanceId => instanceId;

    public override ParentOrchestrationInstance? Parent => null;

    public override DateTime CurrentUtcDateTime => now;

    public override bool IsReplaying => Asked < history.Count;

    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    public override T? GetInput<T>()
        where T : default => throw new NotSupportedException();

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        var maxCalls = options?.Retry?.Policy?.MaxNumberOfAttempts ?? 1;
        return AnswerAsync(
            new ReplayedStep(name.Name, JsonSerializer.Serialize(input), maxCalls, FireAt: null),
            step => JsonSerializer.Deserialize<TResult>(step.Result!)!);
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        Assert.Equal(DateTimeKind.Utc, fireAt.Kind);
        return AnswerAsync(new ReplayedStep(Activity: null, Input: null, MaxCalls: 1, fireAt), step => step);
    }

    public override void SetCustomStatus(object? customStatus) => CustomStatus = JsonSerializer.Serialize(customStatus);

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        throw new NotSupportedException();

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => throw new NotSupportedException();

    public override Guid NewGuid() => throw new NotSupportedException();

    private Task<T> AnswerAsync<T>(ReplayedStep asked, Func<ReplayedStep, T> read)
    {
        Assert.Null(Awaited);
        if (Asked == history.Count)
        {
            Awaited = asked;
            return new TaskCompletionSource<T>().Task;
        }

        var step = history[Asked++];
        Assert.Equal(step.Question, asked);
        return step.Failure is null
            ? Task.FromResult(read(step))
            : Task.FromException<T>(new TaskFailedException(
                asked.Activity!, Asked, new TaskFailureDetails(nameof(InvalidOperationException), step.Failure, null, null, null)));
    }
}
