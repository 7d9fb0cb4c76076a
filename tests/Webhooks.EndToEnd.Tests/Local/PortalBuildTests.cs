using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests.Local;

/// <summary>How the build of an app builds the portal (<c>local/portal.mjs</c>), with one that is built in no time.</summary>
public sealed class PortalBuildTests : IDisposable
{
    private const string Waiting = "Waiting for another build of the portal ...";

    private readonly TemporaryDirectory _portal = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _portal.Dispose();

    [Fact]
    public async Task Of_two_builds_at_once_one_builds_the_portal_and_compresses_what_browsers_read_so()
    {
        await WriteAsync($$"""
            import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
            import { setTimeout } from 'node:timers/promises';
            appendFileSync('built', 'x');
            while (!readFileSync('output', 'utf8').includes('{{Waiting}}')) {
              await setTimeout(20);
            }

            await setTimeout(100);
            mkdirSync('dist', { recursive: true });
            writeFileSync('dist/index.html', 'portal '.repeat(1000));
            writeFileSync('dist/icon.png', 'picture '.repeat(1000));
            """);

        var outputs = await Task.WhenAll(BuildAsync(), BuildAsync());

        Assert.All(outputs, output => Assert.Equal("exit code 0", output.Replace(Waiting, "", StringComparison.Ordinal).Trim()));
        Assert.Equal("x", await File.ReadAllTextAsync(Path.Combine(_portal.Path, "built"), Cancel));
        Assert.Equal(
            ["icon.png", "index.html", "index.html.br", "index.html.gz"],
            Directory.GetFiles(Path.Combine(_portal.Path, "dist")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_portal_that_cannot_be_built_fails_the_build_with_what_npm_said_and_what_to_do()
    {
        await WriteAsync("console.log('src/App.tsx: no such type'); process.exit(1);");

        var output = await BuildAsync();

        Assert.Contains("portal : error : src/App.tsx: no such type\n", output, StringComparison.Ordinal);
        Assert.Contains(
            "portal : error : The portal was not built; see above. Try it with: npm run build", output, StringComparison.Ordinal);
        Assert.EndsWith("exit code 1", output.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_that_makes_nothing_to_serve_fails()
    {
        await WriteAsync("");

        var output = await BuildAsync();

        Assert.Contains("there is no portal to serve", output, StringComparison.Ordinal);
        Assert.EndsWith("exit code 1", output.Trim(), StringComparison.Ordinal);
    }

    private async Task WriteAsync(string build)
    {
        foreach (var (file, text) in new Dictionary<string, string>
        {
            ["package.json"] = """{"name":"portal","version":"1.0.0","private":true,"scripts":{"build":"node build.mjs"}}""",
            ["package-lock.json"] = """
                {"name":"portal","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{"":{"name":"portal","version":"1.0.0"}}}
                """,
            ["build.mjs"] = build,
        })
        {
            await File.WriteAllTextAsync(Path.Combine(_portal.Path, file), text, Cancel);
        }
    }

    /// <summary>Builds it.</summary>
    /// <returns>What this build and those before it or beside it wrote, and this one's exit code.</returns>
    private Task<string> BuildAsync()
    {
        var build = $"node '{RunScript.Repository}/local/portal.mjs' '{_portal.Path}'";
        var output = $"'{_portal.Path}/output'";
        return Shell.RunAsync($"{build} >> {output} 2>&1; code=$?; cat {output}; echo \"exit code $code\"", Cancel);
    }
}
