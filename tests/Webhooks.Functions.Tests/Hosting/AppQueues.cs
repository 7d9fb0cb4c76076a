using System.Text.Json;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Webhooks.Testing;

namespace Webhooks.Functions.Tests.Hosting;

/// <summary>The app's queues for one test, on a real queue service (Azurite).</summary>
public sealed class AppQueues : IAsyncDisposable
{
    private readonly TestQueue _names;

    private AppQueues(TestQueue names)
    {
        _names = names;
        Events = names.Events;
        Deliveries = new QueueClient(names.ConnectionString, $"{names.Name}-deliveries");
    }

    public string ConnectionString => _names.ConnectionString;

    /// <summary>In the place of <c>webhook-events</c>.</summary>
    public QueueClient Events { get; }

    /// <summary>In the place of <c>webhook-deliveries</c>.</summary>
    public QueueClient Deliveries { get; }

    public static async Task<AppQueues> CreateAsync()
    {
        var queues = new AppQueues(await TestQueue.CreateAsync());
        await queues.Events.CreateAsync(cancellationToken: TestContext.Current.CancellationToken);
        await queues.Deliveries.CreateAsync(cancellationToken: TestContext.Current.CancellationToken);
        return queues;
    }

    /// <summary>Puts an event message on the queue and receives it, as the host does for the trigger.</summary>
    public async Task<QueueMessage> ReceiveEventAsync(string text)
    {
        await Events.SendMessageAsync(text, TestContext.Current.CancellationToken);
        return (await Events.ReceiveMessageAsync(cancellationToken: TestContext.Current.CancellationToken)).Value;
    }

    /// <summary>The texts of the fan-out messages that are on the queue, which are taken from it.</summary>
    public async Task<IReadOnlyList<string>> TakeDeliveriesAsync()
    {
        var texts = new List<string>();
        while ((await Deliveries.ReceiveMessagesAsync(maxMessages: 32, TimeSpan.FromHours(1), TestContext.Current.CancellationToken))
            .Value is { Length: > 0 } messages)
        {
            texts.AddRange(messages.Select(message => message.Body.ToString()));
        }

        return texts;
    }

    /// <summary>The ids in fan-out messages.</summary>
    public static IReadOnlyList<Guid> Ids(IEnumerable<string> fanOutMessages) =>
        [.. fanOutMessages.SelectMany(
            text => JsonElement.Parse(text).GetProperty("deliveries").EnumerateArray().Select(id => id.GetGuid()))];

    public async ValueTask DisposeAsync()
    {
        await Deliveries.DeleteIfExistsAsync();
        await _names.DisposeAsync();
    }
}
