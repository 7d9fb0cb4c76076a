using System.Diagnostics;
using System.Text.Json;

namespace Webhooks.Core.Tests.Webhooks;

/// <summary>What browsers make of URLs: Node.js has the parser of the URL standard.</summary>
internal static class Browser
{
    /// <summary>The host that each host name leads to, in ASCII; empty where a browser refuses it.</summary>
    public static IReadOnlyList<string> HostsOf(IEnumerable<string> hosts)
    {
        const string Script = """
            const hosts = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
            const hostOf = (host) => { try { return new URL(`https://${host}/`).host; } catch { return ''; } };
            process.stdout.write(JSON.stringify(hosts.map(hostOf)));
            """;
        var start = new ProcessStartInfo("node", ["-e", Script]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var node = Process.Start(start)!;
        node.StandardInput.Write(JsonSerializer.Serialize(hosts));
        node.StandardInput.Close();
        return JsonSerializer.Deserialize<string[]>(node.StandardOutput.ReadToEnd())!;
    }
}
