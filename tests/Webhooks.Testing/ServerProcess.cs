using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Webhooks.Api.Authentication;

namespace Webhooks.Testing;

/// <summary>
/// The real server, or what <see cref="TestedHost"/> is instead, as a process of its own, which a test can end in any way and start again.
/// Each has its own keys; give servers that share a database the same <see cref="TemporaryDirectory"/>.
/// </summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly DevelopmentKey _key;
    private readonly StringBuilder _log = new();
    private readonly TaskCompletionSource<string> _url = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process process, DevelopmentKey key)
    {
        _process = process;
        _key = key;
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where it listens, without a slash at the end: <c>http://127.0.0.1:port</c>.</summary>
    public string Url => _url.Task.Result;

    /// <summary>The id of its process.</summary>
    public int Id => _process.Id;

    /// <summary>What it has written so far, on standard output and error.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts a server and waits until it is ready.</summary>
    /// <param name="keys">Where its keys are kept.</param>
    /// <param name="settings">
    /// By their names in the environment, such as <c>ConnectionStrings__Webhooks</c>. Private networks and http are allowed otherwise.
    /// </param>
    /// <param name="descriptors">How many files it may have open; null for as many as this process.</param>
    /// <param name="build">The directory of another build of the server; null for what is tested.</param>
    /// <exception cref="InvalidOperationException">It ended; the message has its log.</exception>
    public static async Task<ServerProcess> StartAsync(
        TemporaryDirectory keys, IReadOnlyDictionary<string, string> settings, int? descriptors = null, string? build = null)
    {
        var keyFile = Path.Combine(keys.Path, "development.key");
        var arguments = build is null ? TestedHost.Arguments : TestedHost.ServerIn(build);
        var start = new ProcessStartInfo("/bin/sh", ["-c", Command(descriptors), "dotnet", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["Webhooks__Auth__DevelopmentKeyFile"] = keyFile,
                ["Webhooks__Secrets__KeyFile"] = Path.Combine(keys.Path, "secrets.key"),
                ["Webhooks__AllowedNetworks"] = "127.0.0.0/8,::1/128",
                ["Webhooks__RequireHttps"] = "false",
                ["WEBHOOKS_DATA"] = keys.Path,
                ["PORT"] = "0",
            },
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var server = new ServerProcess(Process.Start(start)!, DevelopmentKey.LoadOrCreate(keyFile));
        await server.WaitUntilListeningAsync();
        await server.WaitUntilReadyAsync();
        return server;
    }

    /// <summary>A client for its API with a token of an organization.</summary>
    public HttpClient CreateClient(Guid organization) => CreateClient(CreateToken(organization));

    /// <summary>A client for its API with the token of an operator, who has no organization and may do everything to each.</summary>
    public HttpClient CreateOperatorClient() => CreateClient(CreateOperatorToken());

    /// <summary>A token of an operator, who has no organization.</summary>
    public string CreateOperatorToken() => _key.CreateToken(orgId: null, [Scopes.Admin], TimeSpan.FromDays(1));

    /// <summary>A token of an organization that allows everything within it.</summary>
    public string CreateToken(Guid organization) =>
        _key.CreateToken(
            organization,
            [Scopes.ReadWebhooks, Scopes.WriteWebhooks, Scopes.PullDeliveries, Scopes.PublishEvents],
            TimeSpan.FromDays(1));

    /// <summary>Waits until it can do its work.</summary>
    /// <exception cref="InvalidOperationException">It does not get ready; the message has its log.</exception>
    public async Task WaitUntilReadyAsync()
    {
        using var client = new HttpClient { BaseAddress = new Uri(Url) };
        var deadline = Stopwatch.StartNew();
        while ((await client.GetAsync("/health/ready")) is { IsSuccessStatusCode: false } answer)
        {
            if (deadline.Elapsed > _patience)
            {
                throw new InvalidOperationException($"The server does not get ready ({answer.StatusCode}):\n{Log}");
            }

            await Task.Delay(50);
        }
    }

    /// <summary>Ends it as a crash would: SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: TestedHost.IsFunctions);
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to stop, by SIGTERM, and waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {_process.Id}"]);
        await _process.WaitForExitAsync().WaitAsync(_patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private HttpClient CreateClient(string token) => new()
    {
        BaseAddress = new Uri(Url),
        DefaultRequestHeaders = { { "Authorization", $"Bearer {token}" } },
    };

    /// <summary>The process stays the one that is started: the shell makes way for it.</summary>
    private static string Command(int? descriptors) =>
        descriptors is { } limit ? $"ulimit -n {limit}; exec dotnet \"$@\"" : "exec dotnet \"$@\"";

    private async Task WaitUntilListeningAsync()
    {
        var ended = _process.WaitForExitAsync();
        if (await Task.WhenAny(_url.Task, ended).WaitAsync(_patience) == ended)
        {
            throw new InvalidOperationException($"The server ended with exit code {_process.ExitCode}:\n{Log}");
        }
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_log)
        {
            _log.AppendLine(line);
        }

        if (ListeningLine().Match(line) is { Success: true } match)
        {
            _url.TrySetResult(match.Groups["url"].Value);
        }
    }

    [GeneratedRegex("(webhook server listens|Webhooks is running) on (?<url>http://[^ ,]+[0-9])")]
    private static partial Regex ListeningLine();
}
