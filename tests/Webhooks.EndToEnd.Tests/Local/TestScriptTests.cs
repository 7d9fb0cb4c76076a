using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests.Local;

/// <summary>What somebody sees who runs <c>./test</c>.</summary>
public sealed class TestScriptTests : IDisposable
{
    private readonly TemporaryDirectory _copy = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _copy.Dispose();

    [Fact]
    public async Task Lock_files_that_are_out_of_date_fail_the_tests_with_a_line_that_says_how_to_mend_them()
    {
        await Shell.RunAsync(
            $"""
            cd '{RunScript.Repository}'
            tar --exclude=./.git --exclude=./.data --exclude=./artifacts --exclude=./node_modules --exclude=./bench/results \
                --exclude=./src/Webhooks.Portal/node_modules -cf - . |
              tar -xf - -C '{_copy.Path}'
            ln -s "$PWD/node_modules" '{_copy.Path}/node_modules'
            """,
            Cancel);
        var lockFile = Path.Combine(_copy.Path, "src", "Webhooks.Core", "packages.lock.json");
        var current = await File.ReadAllTextAsync(lockFile, Cancel);
        var outdated = current.Replace("\"requested\": \"[", "\"requested\": \"[0.", StringComparison.Ordinal);
        await File.WriteAllTextAsync(lockFile, outdated, Cancel);

        var output = await Shell.RunAsync($"'{_copy.Path}/test' 2>&1 || echo \"exit code $?\"", Cancel);

        Assert.EndsWith(
            """
            error: The packages are not those of the lock files. Run 'dotnet build Webhooks.sln' and commit the lock files that it changes.
            0 passed, 1 failed, 0 skipped
            exit code 1

            """,
            output,
            StringComparison.Ordinal);
        Assert.Equal(outdated, await File.ReadAllTextAsync(lockFile, Cancel));
    }
}
