using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests.Local;

/// <summary>How the local scripts read files that other processes make and remove (<c>local/files.mjs</c>).</summary>
public sealed class LocalFilesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_file_that_comes_and_goes_is_read_or_is_not_there()
    {
        var script = Path.Combine(_directory.Path, "read.mjs");
        await File.WriteAllTextAsync(
            script,
            $$"""
            import { Worker } from 'node:worker_threads';
            import { readIfThere } from '{{RunScript.Repository}}/local/files.mjs';

            const file = '{{_directory.Path}}/file';
            const other = new Worker(`
              const { linkSync, rmSync, writeFileSync } = require('node:fs');
              writeFileSync('${file}.whole', 'text');
              for (;;) {
                linkSync('${file}.whole', '${file}');
                rmSync('${file}');
              }
            `, { eval: true });
            const seen = { text: 0, undefined: 0 };
            while (seen.text < 2_000 || seen.undefined < 2_000) {
              seen[readIfThere(file)]++;
            }

            await other.terminate();
            console.log(Object.keys(seen).join());
            """,
            TestContext.Current.CancellationToken);

        Assert.Equal("text,undefined\n", await Shell.RunAsync($"node '{script}'", TestContext.Current.CancellationToken));
    }
}
