using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests.Local;

/// <summary>What somebody sees who runs <c>./run</c>.</summary>
[Collection(RunScript.Collection)]
public sealed class RunScriptTests(BuiltApps builtApps) : IDisposable
{
    private readonly TemporaryDirectory _data = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Fact]
    public void Its_builds_write_nothing_where_programs_of_other_builds_may_be_running() => Assert.Empty(builtApps.WrittenWhereTestsRun);

    [Fact]
    public async Task The_tour_can_be_pasted_and_a_second_start_keeps_what_it_made()
    {
        await using var receiver = await Receiver.StartAsync();
        await using (var run = RunScript.Start(_data))
        {
            await run.WaitForAsync(RunScript.EndOfTour, Cancel);
            await Shell.RunAsync(Commands(run.Output, receiver.Port), Cancel);
            var requests = await receiver.WaitForAsync(3);
            Assert.Equal(["/all", "/all", "/hook"], requests.Select(request => request.Path).Order());

            var link = run.Output.Split('\n').Single(line => line.Contains("  Portal  ", StringComparison.Ordinal)).Trim().Split(' ')[^1];
            Assert.StartsWith($"{Url(run.Output)}/portal/?session=", link, StringComparison.Ordinal);
            Assert.Contains("\"url\":\"http://localhost:", await Shell.RunAsync(
                $"curl -sf {Url(run.Output)}/api/v1/webhooks -H 'Authorization: Bearer {link.Split("#token=")[1]}'", Cancel),
                StringComparison.Ordinal);

            await run.InterruptAsync();
            Assert.Equal(0, await run.WaitForExitAsync());
            Assert.Empty(ProcessTable.FindMentioning(_data.Path));
            Assert.DoesNotContain("Exception", run.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("warn:", run.Output, StringComparison.Ordinal);
        }

        await using var again = RunScript.Start(_data);
        await again.WaitForAsync(RunScript.EndOfTour, Cancel);
        var url = Url(again.Output);
        var listed = await Shell.RunAsync(
            $"curl -sf {url}/api/v1/webhooks -H \"Authorization: Bearer $(cat '{_data.Path}/token')\"", Cancel);
        Assert.Contains("/hook", listed, StringComparison.Ordinal);
        Assert.Contains("/all", listed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_server_is_killed_its_services_end_by_themselves_and_the_next_start_works()
    {
        await using (var run = RunScript.Start(_data))
        {
            await run.WaitForAsync(RunScript.EndOfTour, Cancel);
            await run.KillAsync();
            await run.WaitForExitAsync();
            await Eventually.HoldsAsync(
                () => ProcessTable.FindMentioning(_data.Path).Count == 0, () => "Services outlive the server.", Cancel);
        }

        await using var again = RunScript.Start(_data);
        await again.WaitForAsync(RunScript.EndOfTour, Cancel);
        Assert.Contains("webhook server listens on", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupted_while_it_makes_the_database_it_ends_at_once_and_the_next_start_works()
    {
        await using (var run = RunScript.Start(_data))
        {
            await run.WaitForAsync("Creating a PostgreSQL database", Cancel);
            await run.InterruptAsync();
            Assert.Equal(130, await run.WaitForExitAsync());
            Assert.Empty(ProcessTable.FindMentioning(_data.Path));
            Assert.DoesNotContain("error", run.Output, StringComparison.OrdinalIgnoreCase);
        }

        await using var again = RunScript.Start(_data);
        await again.WaitForAsync(RunScript.EndOfTour, Cancel);
        Assert.Contains("webhook server listens on", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_port_gets_one_line_that_says_what_to_do()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await EndsWith(
            exitCode: 1,
            $"error: Port {port} is taken. Stop the program that uses it, or choose another port, for example PORT={port + 1} ./run.",
            RunScript.Start(_data, port));
    }

    [Fact]
    public async Task A_taken_queue_port_gets_one_line_that_says_what_to_do()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await EndsWith(
            exitCode: 1,
            $"error: Port {port}, which the queue is to use, is taken. Choose another: QUEUE_PORT={port + 1} ./run.",
            RunScript.Start(
                _data, settings: new Dictionary<string, string> { ["QUEUE_PORT"] = port.ToString(CultureInfo.InvariantCulture) }));
    }

    [Fact]
    public async Task A_setting_that_cannot_be_used_gets_one_line_that_names_it() => await EndsWith(
        exitCode: 2,
        "error: Setting Webhooks__RetryDelays is 'soon'. 'soon' is not a duration. Write hh:mm:ss, for example 00:00:30.",
        RunScript.Start(_data, settings: new Dictionary<string, string> { ["Webhooks__RetryDelays"] = "soon" }));

    [Fact]
    public async Task A_database_that_cannot_be_reached_gets_one_line_with_its_address()
    {
        using var port = new ClosedPort();

        await EndsWith(
            exitCode: 1,
            $"error: PostgreSQL at 127.0.0.1:{port.Number} cannot be reached: Connection refused. "
            + "Start it, or correct ConnectionStrings__Webhooks.",
            RunScript.Start(_data, settings: new Dictionary<string, string>
            {
                ["ConnectionStrings__Webhooks"] = $"Host=127.0.0.1;Port={port.Number};Username=u;Database=d",
            }));
    }

    [Fact]
    public async Task A_command_that_does_not_exist_gets_one_line() =>
        await EndsWith(exitCode: 2, "error: Unrecognized command or argument 'serve'. --help shows what can be used.", RunScript.Start(
            _data, arguments: "serve"));

    [Fact]
    public async Task Migrate_says_what_it_applied_and_then_that_there_is_nothing_to_do()
    {
        var migrations = Directory.GetFiles(Path.Combine(RunScript.Repository, "src/Webhooks.Core/Postgres/Migrations"), "*.sql")
            .Select(Path.GetFileNameWithoutExtension)
            .Order(StringComparer.Ordinal);
        await EndsWith(exitCode: 0, $"Applied {string.Join(", ", migrations)}.", RunScript.Start(_data, arguments: "migrate"));
        await EndsWith(exitCode: 0, "The database is up to date.", RunScript.Start(_data, arguments: "migrate"));
    }

    /// <summary>The last line is the message, and before it there is nothing but what is being done.</summary>
    private static async Task EndsWith(int exitCode, string message, RunScript script)
    {
        await using var run = script;
        var ended = await run.WaitForExitAsync();
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(message, lines[^1]);
        Assert.All(lines[..^1], line => Assert.EndsWith(" ...", line, StringComparison.Ordinal));
        Assert.Equal(exitCode, ended);
    }

    private static string Url(string output) =>
        output.Split(' ', '\n').First(word => word.StartsWith("http://", StringComparison.Ordinal)).TrimEnd('.');

    /// <summary>What the tour has to paste, for a receiver at another port.</summary>
    private static string Commands(string output, int receiverPort)
    {
        var begin = output.IndexOf("export TOKEN", StringComparison.Ordinal);
        var end = output.IndexOf("Or publish", StringComparison.Ordinal);
        return "set -e\n" + output[begin..end].Replace("localhost:9000", $"localhost:{receiverPort}", StringComparison.Ordinal).Replace(
            "curl ", "curl -sf ", StringComparison.Ordinal);
    }
}
