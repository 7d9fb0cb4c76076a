using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;

namespace Webhooks.Testing;

/// <summary>A customer's server: an HTTP server on loopback that records every request and answers as it is told.</summary>
public sealed class Receiver : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);

    private readonly WebApplication _server;
    private readonly List<ReceivedRequest> _requests = [];
    private TaskCompletionSource _arrival = NewArrival();

    private Receiver(WebApplication server) => _server = server;

    /// <summary>Where it listens, without a slash at the end: <c>http://127.0.0.1:port</c>.</summary>
    public string Url => _server.Urls.First();

    /// <summary>Its port, to start another one in its place after it was disposed of.</summary>
    public int Port => new Uri(Url).Port;

    /// <summary>The requests so far, in the order in which they were complete.</summary>
    public IReadOnlyList<ReceivedRequest> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>Starts one that answers with a status of the request's and an empty body; by default 200.</summary>
    /// <param name="status">Gives the status for a request.</param>
    /// <param name="port">0 for any free port.</param>
    public static Task<Receiver> StartAsync(Func<ReceivedRequest, int>? status = null, int port = 0) =>
        StartAsync(
            (request, context) =>
            {
                context.Response.StatusCode = status?.Invoke(request) ?? StatusCodes.Status200OK;
                return Task.CompletedTask;
            },
            port);

    /// <summary>
    /// Starts one that answers by a delegate, which may also wait: <c>context.RequestAborted</c> ends with the connection.
    /// </summary>
    /// <param name="answer">Writes the answer to a request that has been read and recorded.</param>
    /// <param name="port">0 for any free port.</param>
    public static async Task<Receiver> StartAsync(Func<ReceivedRequest, HttpContext, Task> answer, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));

        var receiver = new Receiver(builder.Build());
        receiver._server.Run(async context => await answer(await receiver.RecordAsync(context.Request), context));
        await receiver._server.StartAsync();
        return receiver;
    }

    /// <summary>Waits until this many requests have come, and gives all that have.</summary>
    /// <exception cref="TimeoutException">They did not come within minutes.</exception>
    public Task<IReadOnlyList<ReceivedRequest>> WaitForAsync(int count) => WaitForAsync(requests => requests.Count >= count);

    /// <summary>Waits until the requests are as a test wants them, and gives all that have come.</summary>
    /// <exception cref="TimeoutException">They were not within minutes.</exception>
    public async Task<IReadOnlyList<ReceivedRequest>> WaitForAsync(Func<IReadOnlyList<ReceivedRequest>, bool> condition)
    {
        using var limit = new CancellationTokenSource(_patience);
        while (true)
        {
            var arrival = Volatile.Read(ref _arrival).Task;
            var requests = Requests;
            if (condition(requests))
            {
                return requests;
            }

            try
            {
                await arrival.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"After {_patience}, the receiver has {requests.Count} requests, and not the ones waited for.");
            }
        }
    }

    /// <summary>Closes the port and every connection at once, also those whose answer is still awaited.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
    }

    private async Task<ReceivedRequest> RecordAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        var received = new ReceivedRequest(
            request.Method,
            request.GetEncodedPathAndQuery(),
            request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray(),
            DateTimeOffset.UtcNow);

        lock (_requests)
        {
            _requests.Add(received);
        }

        Interlocked.Exchange(ref _arrival, NewArrival()).SetResult();
        return received;
    }

    private static TaskCompletionSource NewArrival() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
