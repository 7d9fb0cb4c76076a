using System.Diagnostics;
using System.Globalization;
using System.Text;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests.Local;

/// <summary><c>./run</c> as somebody at a terminal runs it: in a process group of its own, which Ctrl-C signals as a whole.</summary>
internal sealed class RunScript : IAsyncDisposable
{
    /// <summary>
    /// The tests of one collection run one after the other, and after <see cref="BuiltApps"/>.
    /// </summary>
    public const string Collection = "./run";

    /// <summary>What is in the last line that it writes when it has started.</summary>
    public const string EndOfTour = "connection string  ";

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(5);

    private readonly Process _shell;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<int> _id = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunScript(Process shell)
    {
        _shell = shell;
        shell.OutputDataReceived += (_, line) => Read(line.Data);
        shell.ErrorDataReceived += (_, line) => Read(line.Data);
        shell.BeginOutputReadLine();
        shell.BeginErrorReadLine();
    }

    /// <summary>Everything it has written so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>The folder that the script is in.</summary>
    public static string Repository
    {
        get
        {
            var directory = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(directory.FullName, "Webhooks.sln")))
            {
                directory = directory.Parent!;
            }

            return directory.FullName;
        }
    }

    /// <summary>Starts the script.</summary>
    /// <param name="data">Its data directory.</param>
    /// <param name="port">The server's port; 0 for any.</param>
    /// <param name="settings">By their names in the environment.</param>
    /// <param name="arguments">The script's arguments.</param>
    public static RunScript Start(
        TemporaryDirectory data, int port = 0, IReadOnlyDictionary<string, string>? settings = null, string arguments = "")
    {
        // Job control gives the script a process group, and leaves Ctrl-C's signal to it.
        var command = $"set -m; '{Path.Combine(Repository, "run")}' {arguments} </dev/null & set +m; echo \"id $!\"; wait $!";
        var start = new ProcessStartInfo("bash", ["-c", command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["WEBHOOKS_DATA"] = data.Path,
                ["PORT"] = port.ToString(CultureInfo.InvariantCulture),
                ["QUEUE_PORT"] = "0",
            },
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new RunScript(Process.Start(start)!);
    }

    /// <summary>Waits until it has written something.</summary>
    public Task WaitForAsync(string text, CancellationToken cancellationToken) => Eventually.HoldsAsync(
        () => Output.Contains(text, StringComparison.Ordinal) || _shell.HasExited, () => Output, cancellationToken);

    /// <summary>Presses Ctrl-C.</summary>
    public async Task InterruptAsync() => await SignalAsync($"-INT -{await _id.Task}");

    /// <summary>Ends the server alone, as a crash would.</summary>
    public async Task KillAsync() => await SignalAsync($"-KILL {await _id.Task}");

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> WaitForExitAsync()
    {
        await _shell.WaitForExitAsync().WaitAsync(_patience);
        return _shell.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_shell.HasExited)
        {
            await InterruptAsync();
            await WaitForExitAsync();
        }

        _shell.Dispose();
    }

    private static async Task SignalAsync(string arguments)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill {arguments}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        if (line.StartsWith("id ", StringComparison.Ordinal))
        {
            _id.TrySetResult(int.Parse(line[3..], CultureInfo.InvariantCulture));
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
