using Azure.Storage.Queues;

namespace Webhooks.Testing;

/// <summary>A storage queue of its own for one test, with its poison queue, on a real queue service (Azurite).</summary>
public sealed class TestQueue : IAsyncDisposable
{
    private TestQueue(string connectionString, string name)
    {
        ConnectionString = connectionString;
        Events = new QueueClient(connectionString, name);
        Poison = new QueueClient(connectionString, $"{name}-poison");
    }

    public string ConnectionString { get; }

    /// <summary>The name that no other test uses.</summary>
    public string Name => Events.Name;

    /// <summary>The queue that events are put on.</summary>
    public QueueClient Events { get; }

    /// <summary>Where messages go that cannot be handled: <see cref="Name"/> with <c>-poison</c>.</summary>
    public QueueClient Poison { get; }

    /// <summary>Gives a name to a queue that does not exist yet.</summary>
    public static async Task<TestQueue> CreateAsync() => new(await SharedServices.QueuesAsync(), $"test-{Guid.NewGuid():N}");

    public async ValueTask DisposeAsync()
    {
        await Events.DeleteIfExistsAsync();
        await Poison.DeleteIfExistsAsync();
    }
}
