using System.Collections.Concurrent;
using System.Text.Json;
using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Webhooks.Functions.Tests.Hosting;

/// <summary>
/// A task hub in memory: as the real one, it refuses a second start of an instance that is running, and starts over one that is finished.
/// </summary>
public sealed class FakeDurableTaskClient() : DurableTaskClient("test")
{
    private readonly ConcurrentQueue<StartedOrchestration> _starts = new();
    private readonly ConcurrentDictionary<string, OrchestrationMetadata> _instances = new();
    private readonly Lock _counting = new();
    private int _underWay;

    /// <summary>Every start that was accepted, in order.</summary>
    public IReadOnlyList<StartedOrchestration> Starts => [.. _starts];

    /// <summary>The ids of the instances that are there.</summary>
    public IReadOnlyCollection<string> InstanceIds => [.. _instances.Keys];

    /// <summary>The instance id prefixes that were asked for.</summary>
    public ConcurrentQueue<string?> Prefixes { get; } = new();

    /// <summary>What every call fails with, if anything.</summary>
    public Exception? Failure { get; set; }

    /// <summary>What a start waits for before it is made, as it waits for a storage account's answers.</summary>
    public Task Answered { get; set; } = Task.CompletedTask;

    /// <summary>How many starts were under way at once, at most.</summary>
    public int MostUnderWay { get; private set; }

    /// <summary>Gives an instance a status.</summary>
    public void Set(
        string instanceId,
        OrchestrationRuntimeStatus status,
        DateTimeOffset? createdAt = null,
        DateTimeOffset? lastUpdatedAt = null,
        string? customStatus = null) =>
        _instances[instanceId] = new OrchestrationMetadata("DeliverWebhook", instanceId)
        {
            RuntimeStatus = status,
            CreatedAt = createdAt ?? DateTimeOffset.UtcNow,
            LastUpdatedAt = lastUpdatedAt ?? createdAt ?? DateTimeOffset.UtcNow,
            SerializedCustomStatus = customStatus,
        };

    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null,
        CancellationToken cancellation = default)
    {
        Count(1);
        await Answered;
        Count(-1);
        ThrowIfFailing();
        var id = options!.InstanceId!;
        if (_instances.TryGetValue(id, out var instance) && !IsFinished(instance))
        {
            throw new OrchestrationAlreadyExistsException(
                $"An Orchestration instance with the status {instance.RuntimeStatus} already exists.");
        }

        Set(id, OrchestrationRuntimeStatus.Pending);
        _starts.Enqueue(new StartedOrchestration(orchestratorName.Name, id, JsonSerializer.Serialize(input)));
        return id;
    }

    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        ThrowIfFailing();
        return Task.FromResult(_instances.GetValueOrDefault(instanceId));
    }

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        Prefixes.Enqueue(filter!.InstanceIdPrefix);
        return new Instances(
        [
            .. _instances.Values.Where(instance =>
                instance.InstanceId.StartsWith(filter.InstanceIdPrefix!, StringComparison.Ordinal)
                && filter.Statuses!.Contains(instance.RuntimeStatus)
                && instance.CreatedAt <= filter.CreatedTo),
        ]);
    }

    public override Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default) =>
        Task.FromResult(new PurgeResult(_instances.TryRemove(instanceId, out _) ? 1 : 0));

    public override Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static bool IsFinished(OrchestrationMetadata instance) =>
        instance.RuntimeStatus is OrchestrationRuntimeStatus.Completed
            or OrchestrationRuntimeStatus.Failed
            or OrchestrationRuntimeStatus.Terminated;

    private void Count(int change)
    {
        lock (_counting)
        {
            _underWay += change;
            MostUnderWay = Math.Max(MostUnderWay, _underWay);
        }
    }

    private void ThrowIfFailing()
    {
        if (Failure is not null)
        {
            throw Failure;
        }
    }

    private sealed class Instances(IReadOnlyList<OrchestrationMetadata> all) : AsyncPageable<OrchestrationMetadata>
    {
        public override async IAsyncEnumerable<Page<OrchestrationMetadata>> AsPages(
            string? continuationToken = null, int? pageSizeHint = null)
        {
            await Task.Yield();
            yield return new Page<OrchestrationMetadata>(all);
        }
    }
}
