using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Webhooks.Core.Tests.Postgres;

/// <summary>The plans that PostgreSQL's auto_explain sends as notices, which Npgsql logs.</summary>
internal sealed class PlanLog : ILoggerProvider, ILoggerFactory, ILogger
{
    /// <summary>Connection options that make the server send the plan of every statement, as it was run.</summary>
    public const string ConnectionOptions =
        "-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0 -c auto_explain.log_analyze=on "
        + "-c auto_explain.log_timing=off "
        + "-c auto_explain.log_level=notice -c client_min_messages=notice";

    private readonly ConcurrentQueue<string> _plans = new();

    public IReadOnlyList<string> Plans => [.. _plans];

    public void Clear() => _plans.Clear();

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var message = formatter(state, exception);
        if (message.Contains("plan:", StringComparison.Ordinal))
        {
            _plans.Enqueue(message);
        }
    }

    public void Dispose()
    {
    }
}
