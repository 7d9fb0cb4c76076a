using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Webhooks.Core.Postgres;

namespace Webhooks.Api.Problems;

/// <summary>
/// The operations that the database keeps from working: each is logged once when that begins and once when it works again, however many
/// requests notice. One operation's success says nothing about another: a database that is read-only answers every question. Nor does it
/// while there are sessions of two kinds.
/// </summary>
internal sealed partial class DatabaseOutages(DatabaseSessions sessions, ILogger<DatabaseOutages> logger)
{
    private readonly ConcurrentDictionary<string, bool> _failing = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>The name of an operation, for the log.</summary>
    public static string NameOf(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "an unnamed endpoint";

    /// <summary>A request failed.</summary>
    public void Lost(string operation, Exception failure)
    {
        sessions.Heed(failure);
        if (_failing.TryAdd(operation, true))
        {
            Interlocked.Increment(ref _count);
            LogLost(operation, failure.Message);
        }
    }

    /// <summary>Passes a request on, and notices when it succeeds.</summary>
    public async Task WatchAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (Volatile.Read(ref _count) > 0 && context.Response.StatusCode is >= 200 and < 300)
        {
            Answered(NameOf(context.GetEndpoint()));
        }
    }

    private void Answered(string operation)
    {
        if (sessions.HaveSettled && _failing.TryRemove(operation, out _))
        {
            Interlocked.Decrement(ref _count);
            LogBack(operation);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "webhook API: {Operation} answered 503 and does so until the database can be used: {Reason}")]
    private partial void LogLost(string operation, string reason);

    [LoggerMessage(2, LogLevel.Information, "webhook API: {Operation} works again, the database can be used")]
    private partial void LogBack(string operation);
}
