using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Webhooks.Testing;

/// <summary>The lines that are logged, each with its exception.</summary>
public sealed class LogRecorder : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<LogLine> _lines = [];
    private IExternalScopeProvider? _scopes;

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

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
    }

    private List<string> Scopes()
    {
        var scopes = new List<string>();
        _scopes?.ForEachScope(static (scope, into) => into.Add($"{scope}"), scopes);
        return scopes;
    }

    private sealed class Logger(LogRecorder recorder, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            recorder._lines.Enqueue(
                new LogLine(category, logLevel, $"{formatter(state, exception)} {exception}", recorder.Scopes()));
    }
}
