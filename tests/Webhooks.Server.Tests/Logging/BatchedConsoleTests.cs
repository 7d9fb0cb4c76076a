using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Time.Testing;
using Webhooks.Api.Telemetry;
using Webhooks.Server.Logging;

namespace Webhooks.Server.Tests.Logging;

public sealed class BatchedConsoleTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly BatchedConsole _console;
    private readonly ILogger _logger;

    public BatchedConsoleTests()
    {
        _console = new BatchedConsole(new MessageOnly(), _output, _clock);
        _logger = _console.CreateLogger("Test");
    }

    public void Dispose()
    {
        _console.Dispose();
        _output.Dispose();
    }

    [Fact]
    public void A_line_waits_for_others_but_not_for_long()
    {
        Log(LogLevel.Information, "first");
        _clock.Advance(BatchedConsole.LongestWait / 2);
        Log(LogLevel.Warning, "second");
        Assert.Equal("", _output.ToString());

        _clock.Advance(BatchedConsole.LongestWait / 2);
        Assert.Equal("first\nsecond\n", _output.ToString());

        Log(LogLevel.Information, "third");
        _clock.Advance(BatchedConsole.LongestWait);
        Assert.Equal("first\nsecond\nthird\n", _output.ToString());
    }

    [Fact]
    public void An_error_is_put_out_at_once_with_what_came_before_it()
    {
        Log(LogLevel.Information, "before");

        Log(LogLevel.Error, "error");

        Assert.Equal("before\nerror\n", _output.ToString());
    }

    [Fact]
    public void A_line_ends_with_the_request_that_it_is_of()
    {
        var scopes = new LoggerExternalScopeProvider();
        _console.SetScopeProvider(scopes);

        using (scopes.Push("something else"))
        using (scopes.Push(new RequestScope("order-42")))
        {
            Log(LogLevel.Error, "within");
        }

        Log(LogLevel.Error, "after");
        Assert.Equal("within [request order-42]\nafter\n", _output.ToString());
    }

    [Fact]
    public void Nothing_is_lost_at_the_end_nor_after_it()
    {
        Log(LogLevel.Information, "last");

        _console.Dispose();
        Assert.Equal("last\n", _output.ToString());

        Log(LogLevel.Information, "after");
        Assert.Equal("last\nafter\n", _output.ToString());
    }

    [Fact]
    public void A_full_buffer_does_not_wait()
    {
        var line = new string('x', 1000);
        for (var i = 0; i < 1000; i++)
        {
            Log(LogLevel.Information, line);
        }

        Assert.InRange(_output.ToString().Length, 500_000, 1_001_000);
    }

    [Fact]
    public void Every_line_of_many_threads_is_there_once_and_whole_and_each_threads_are_in_order()
    {
        const int Threads = 8;
        const int LinesPerThread = 2000;
        Parallel.For(0, Threads, thread =>
        {
            for (var i = 0; i < LinesPerThread; i++)
            {
                Log(i % 100 == 0 ? LogLevel.Error : LogLevel.Information, $"{thread} {i}");
            }
        });
        _console.Dispose();

        var lines = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToList();
        Assert.Equal(Threads * LinesPerThread, lines.Count);
        foreach (var ofThread in lines.GroupBy(line => line[0]))
        {
            Assert.Equal(Enumerable.Range(0, LinesPerThread), ofThread.Select(line => int.Parse(line[1], null)));
        }
    }

    [Fact]
    public void An_output_that_fails_is_nobodys_failure()
    {
        using var failing = new FailingWriter();
        using var console = new BatchedConsole(new MessageOnly(), failing, _clock);

        console.CreateLogger("Test").LogError("unheard");
        failing.Fails = false;
        console.CreateLogger("Test").LogError("heard");

        Assert.Equal("heard\n", failing.ToString());
    }

    [Fact]
    public async Task The_servers_log_has_one_line_an_entry_whatever_is_in_it()
    {
        var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddLogging(Logs.Configure);
        await using var provider = services.BuildServiceProvider();
        Assert.IsType<BatchedConsole>(Assert.Single(provider.GetServices<ILoggerProvider>()));
        var formatter = provider.GetServices<ConsoleFormatter>().Single(formatter => formatter.Name == ConsoleFormatterNames.Simple);
        using var console = new BatchedConsole(formatter, _output, _clock);

        console.CreateLogger("Webhooks.Test").LogError(7, new InvalidOperationException("line one\nline two"), "webhook {Name}", "a\nb");

        var line = Assert.Single(_output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches(
            @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z fail: Webhooks\.Test\[7\] webhook a b "
            + @"System\.InvalidOperationException: line one line two$",
            line);
    }

    private void Log(LogLevel level, string message) => _logger.Log(level, eventId: 0, message, exception: null, (text, _) => text);

    private sealed class MessageOnly() : ConsoleFormatter("message only")
    {
        public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
        {
            textWriter.Write(logEntry.Formatter(logEntry.State, logEntry.Exception));
            textWriter.Write('\n');
        }
    }

    private sealed class FailingWriter : StringWriter
    {
        public bool Fails { get; set; } = true;

        public override void Write(ReadOnlySpan<char> buffer)
        {
            if (Fails)
            {
                throw new IOException("No space left on device");
            }

            base.Write(buffer);
        }
    }
}
