using Azure;
using Azure.Identity;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Webhooks.Core.Deliveries;

namespace Webhooks.Functions.Deliveries;

/// <summary>The dispatch of committed deliveries by the queue that <see cref="StartDelivery"/> reads.</summary>
internal sealed partial class QueueDispatch(
    [FromKeyedServices(QueueNames.Deliveries)] QueueClient queue,
    ILogger<QueueDispatch> logger) : IDeliveryDispatch
{
    private const int Parallelism = 8;

    public async Task DispatchAsync(IReadOnlyCollection<Guid> deliveries, CancellationToken cancellationToken)
    {
        try
        {
            await Parallel.ForEachAsync(
                FanOutMessage.For(deliveries),
                new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
                async (message, cancel) => await SendAsync(message, cancel));
        }
        catch (Exception failure) when (
            failure is RequestFailedException or AuthenticationFailedException or AggregateException or OperationCanceledException)
        {
            LogNotSent(failure, deliveries.Count);
        }
    }

    /// <summary>Makes the queue when it is missing, as the host does for what functions return.</summary>
    private async Task SendAsync(string message, CancellationToken cancellationToken)
    {
        try
        {
            await queue.SendMessageAsync(message, cancellationToken);
        }
        catch (RequestFailedException failure) when (failure.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            await queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            await queue.SendMessageAsync(message, cancellationToken);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "webhook queue is unavailable; {Count} accepted deliveries wait for the sweep")]
    private partial void LogNotSent(Exception failure, int count);
}
