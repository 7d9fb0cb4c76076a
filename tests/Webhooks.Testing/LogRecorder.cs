using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Webhooks.Testing;

/// <summary>Keeps every log line, with its exception.</summary>
public sealed class LogRecorder : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = [];

    public IReadOnlyCollection<LogLine> Lines => _lines;

    /// <summary>Waits until there is such a line.</summary>
    public async Task WaitForAsync(Predicate<LogLine> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (!_lines.Any(line => condition(line)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(new LogLine(category, logLevel, $"{formatter(state, exception)} {exception}"));
    }
}
