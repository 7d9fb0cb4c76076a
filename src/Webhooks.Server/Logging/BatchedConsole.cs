using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Webhooks.Api.Telemetry;

namespace Webhooks.Server.Logging;

/// <summary>
/// The console that the lines of the log are put out to, many at once. The console logger of .NET wakes a thread and calls the operating
/// system for each line, which costs a busy server as much CPU time as a fifth of the attempt that the line is about.
/// </summary>
/// <remarks>
/// A line waits for others for some milliseconds; an error waits for nothing and takes along what came before it. Those are lost with a
/// process that is killed. When whoever reads standard output is stuck, a full buffer makes those who log wait.
/// </remarks>
[ProviderAlias("Console")]
internal sealed class BatchedConsole : ILoggerProvider, ISupportExternalScope
{
    private const int MostBuffered = 256 * 1024;

    /// <summary>How long a line waits for others.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(20);

    [ThreadStatic]
    private static StringWriter? _line;

    private readonly ConsoleFormatter _formatter;
    private readonly TextWriter _output;
    private readonly ITimer _timer;
    private readonly Lock _filling = new();
    private readonly Lock _writing = new();
    private ArrayBufferWriter<char> _batch = new();
    private ArrayBufferWriter<char> _spare = new();
    private IExternalScopeProvider? _scopes;

    public BatchedConsole(IEnumerable<ConsoleFormatter> formatters, TimeProvider clock)
        : this(
            formatters.First(formatter => formatter.Name == ConsoleFormatterNames.Simple),
            new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 32 * 1024),
            clock)
    {
    }

    /// <param name="formatter">Makes an entry's line.</param>
    /// <param name="output">Takes the lines.</param>
    /// <param name="clock">Measures the wait.</param>
    internal BatchedConsole(ConsoleFormatter formatter, TextWriter output, TimeProvider clock)
    {
        _formatter = formatter;
        _output = output;
        _timer = clock.CreateTimer(_ => Flush(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
        _timer.Dispose();
        Flush();
    }

    private void Write<TState>(in LogEntry<TState> entry)
    {
        var line = _line ??= new StringWriter();
        _formatter.Write(entry, scopeProvider: null, line);
        _scopes?.ForEachScope(AddRequest, line.GetStringBuilder());
        var waits = TryAdd(line.GetStringBuilder());
        line.GetStringBuilder().Clear();
        if (!waits || entry.LogLevel >= LogLevel.Error)
        {
            Flush();
        }
    }

    /// <summary>Says at the end of a line which request it is of, if it is of one.</summary>
    private static void AddRequest(object? scope, StringBuilder line)
    {
        if (scope is RequestScope { Id: var id } && line.Length >= Environment.NewLine.Length)
        {
            line.Insert(line.Length - Environment.NewLine.Length, $" [request {id}]");
        }
    }

    /// <returns>
    /// Whether the line is put out in time without further ado: not when the buffer is full, or nothing waits any more after the end.
    /// </returns>
    private bool TryAdd(StringBuilder line)
    {
        lock (_filling)
        {
            var isTimed = _batch.WrittenCount > 0 || _timer.Change(LongestWait, Timeout.InfiniteTimeSpan);
            foreach (var chunk in line.GetChunks())
            {
                _batch.Write(chunk.Span);
            }

            return isTimed && _batch.WrittenCount < MostBuffered;
        }
    }

    private void Flush()
    {
        lock (_writing)
        {
            lock (_filling)
            {
                (_batch, _spare) = (_spare, _batch);
            }

            try
            {
                _output.Write(_spare.WrittenSpan);
                _output.Flush();
            }
            catch (IOException)
            {
                // A log that cannot be written, to a disk that is full for example, must not end the process.
            }

            _spare.ResetWrittenCount();
        }
    }

    private sealed class Logger(BatchedConsole console, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            console.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter));
    }
}
