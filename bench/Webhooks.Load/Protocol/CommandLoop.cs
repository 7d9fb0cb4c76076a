using System.Text.Json;

namespace Webhooks.Load.Protocol;

/// <summary>
/// The loop that takes one JSON command a line from the harness on standard input and answers with one JSON
/// message a line on standard output.
/// </summary>
internal static class CommandLoop
{
    /// <summary>Runs one command after the other until standard input ends. A command that fails ends the process.</summary>
    public static async Task RunAsync(IReadOnlyDictionary<string, Command> commands)
    {
        Say("ready", true);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            using var request = JsonDocument.Parse(line);
            var name = request.RootElement.GetProperty("command").GetString()!;
            Say(name, await commands[name](request.RootElement));
        }
    }

    /// <summary>Tells the harness something, also without being asked.</summary>
    public static void Say(string name, object value)
    {
        var line = JsonSerializer.Serialize(new Dictionary<string, object> { [name] = value }, JsonSerializerOptions.Web);
        lock (Console.Out)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }
}
