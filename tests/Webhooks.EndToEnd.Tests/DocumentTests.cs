using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>The examples of the documents: their calls, as they stand, are answered with success, and as they say.</summary>
public sealed partial class DocumentTests : IAsyncLifetime
{
    private Installation _installation = null!;
    private ServerProcess _server = null!;
    private Receiver _receiver = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _receiver = await Receiver.StartAsync();
        _installation = await Installation.CreateAsync(new Dictionary<string, string>());
        _server = await _installation.StartServerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _installation.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Theory]
    [InlineData("shaping.md", null, 6)]
    [InlineData("publishing.md", "Event types", 2)]
    [InlineData("publishing.md", "Later, and in order", 1)]
    [InlineData("publishing.md", "CloudEvents", 2)]
    public async Task The_calls_of_a_document_are_answered_as_it_says(string document, string? section, int calls)
    {
        var examples = Calls(Read(document, section)).ToList();

        Assert.Equal(calls, examples.Count);
        foreach (var (command, answer) in examples)
        {
            var got = JsonNode.Parse(await RunAsync(command))!;
            Assert.True(
                ((string[])["id", "matches", "outcome", "name", "created"]).Any(member => got[member] is not null),
                $"{command}\nis answered with {got}");
            if (answer.Length > 0)
            {
                Assert.True(JsonNode.DeepEquals(JsonNode.Parse(answer), got), $"{command}\nis answered with {got}");
            }
        }
    }

    [Fact]
    public async Task An_event_of_CloudEvents_looks_as_the_document_says()
    {
        var text = Read("shaping.md", "In which form: `payload_format`");
        await RunAsync(Assert.Single(Calls(text)).Command);
        using var api = _installation.Api(_server);
        await api.PublishAsync(1, Cancel);

        var received = JsonNode.Parse(Assert.Single(await _receiver.WaitForAsync(1)).Text)!.AsObject();

        var shown = JsonNode.Parse(JsonBlock().Match(text).Groups["json"].Value)!.AsObject();
        Assert.Equal(shown.Select(member => member.Key).Order(), received.Select(member => member.Key).Order());
        foreach (var name in (string[])["specversion", "type", "datacontenttype"])
        {
            Assert.Equal(shown[name]!.GetValue<string>(), received[name]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task A_receiver_pulls_and_reports_as_the_document_says()
    {
        using var api = _installation.Api(_server);
        var commands = ConsoleBlock().Matches(Read("pull.md", section: null)).SelectMany(
            block => Commands().Matches(block.Groups["text"].Value)).Select(match => match.Groups["command"].Value).ToList();
        Assert.Equal(6, commands.Count);
        using var folder = new TemporaryDirectory();

        // The event comes while the receiver waits.
        var publishing = $"sleep 1; curl -sf -o /dev/null {_server.Url}/api/v1/events -H \"Authorization: Bearer $TOKEN\" "
            + """-d '{"event":"user.created","data":{}}'""";
        var answer = JsonNode.Parse(await RunAsync(
            $"set -e\ncd '{folder.Path}'\n{commands[0]}\n{commands[1]}\n({publishing}) &\n" + string.Join('\n', commands.Skip(2))))!;

        var result = Assert.Single(answer["results"]!.AsArray())!;
        Assert.Equal(("succeeded", true), (result["status"]!.GetValue<string>(), result["recorded"]!.GetValue<bool>()));
        var pulled = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder.Path, "pulled.json"), Cancel))!["deliveries"]![0]!;
        var shown = JsonNode.Parse(JsonBlock().Match(Read("pull.md", section: null)).Groups["json"].Value)!["deliveries"]![0]!;
        Assert.Equal(Names(shown), Names(pulled));
        Assert.Superset(Names(shown["headers"]!).ToHashSet(), Names(pulled["headers"]!).ToHashSet());

        static IEnumerable<string> Names(JsonNode json) => json.AsObject().Select(member => member.Key);
    }

    private Task<string> RunAsync(string command)
    {
        var filledIn = command
            .Replace("http://localhost:8084", _server.Url, StringComparison.Ordinal)
            .Replace("localhost:9000", $"localhost:{_receiver.Port}", StringComparison.Ordinal);
        var tokens = $"TOKEN={_server.CreateToken(_installation.Organization)}\nOPERATOR={_server.CreateOperatorToken()}";
        return Shell.RunAsync($"{tokens}\n{filledIn}", Cancel);
    }

    /// <summary>The calls with curl, each with the answer that follows it; empty when none does.</summary>
    private static IEnumerable<(string Command, string Answer)> Calls(string text) => ConsoleBlock().Matches(text)
        .Select(block => Command().Match(block.Groups["text"].Value))
        .Where(match => match.Success)
        .Select(match => (match.Groups["command"].Value, match.Groups["answer"].Value.Trim()));

    private static string Read(string document, string? section, [CallerFilePath] string here = "")
    {
        var text = File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", document));
        return section is null ? text : text.Split("\n## ").Single(part => part.StartsWith(section + "\n", StringComparison.Ordinal));
    }

    [GeneratedRegex("```console\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex ConsoleBlock();

    [GeneratedRegex("^\\$ (?<command>(.*\\\\\n)*.*)$", RegexOptions.Multiline)]
    private static partial Regex Commands();

    [GeneratedRegex("```json\n(?<json>.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();

    // A command ends where the quotes of its last argument do.
    [GeneratedRegex("^\\$ (?<command>curl .*'[^']*')\n(?<answer>.*)$", RegexOptions.Singleline)]
    private static partial Regex Command();
}
