using System.Text.Json;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests.Local;

/// <summary>A program <c>func</c> in the place of the Azure Functions Core Tools, which cannot be installed everywhere.</summary>
internal sealed class FakeCoreTools
{
    /// <summary>
    /// Notes down how it was started, says that the app is ready, and has a worker that does not end by itself. As the real one, it
    /// ends on SIGINT and not on SIGTERM, and its worker with it.
    /// </summary>
    private const string Script = """
        #!/usr/bin/env node
        const { spawn } = require('node:child_process');
        const { writeFileSync } = require('node:fs');
        const { createServer } = require('node:http');

        const [, script, ...args] = process.argv;
        const worker = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', script, 'worker'], { stdio: 'ignore' });
        process.on('SIGTERM', () => {});
        process.on('SIGINT', () => {
          worker.kill('SIGKILL');
          process.exit();
        });
        writeFileSync(`${script}.json`, JSON.stringify({ arguments: args, directory: process.cwd(), environment: process.env }));
        createServer((request, response) => response.writeHead(request.url === '/health/ready' ? 200 : 404).end())
          .listen(Number(args.at(-1)), '127.0.0.1');
        """;

    private readonly string _program;

    private FakeCoreTools(string program) => _program = program;

    /// <summary>The value of <c>PATH</c> with it.</summary>
    public string SearchPath => $"{Path.GetDirectoryName(_program)}:{Environment.GetEnvironmentVariable("PATH")}";

    /// <summary>How it was started.</summary>
    public CoreToolsStart Start =>
        JsonSerializer.Deserialize<CoreToolsStart>(File.ReadAllText($"{_program}.json"), JsonSerializerOptions.Web)!;

    /// <summary>Puts it into a directory.</summary>
    public static async Task<FakeCoreTools> InstallAsync(TemporaryDirectory directory, CancellationToken cancellationToken)
    {
        var program = Path.Combine(Directory.CreateDirectory(Path.Combine(directory.Path, "tools")).FullName, "func");
        await File.WriteAllTextAsync(program, Script, cancellationToken);
        await Shell.RunAsync($"chmod +x '{program}'", cancellationToken);
        return new FakeCoreTools(program);
    }
}
