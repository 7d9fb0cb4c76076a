using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests.Local;

/// <summary>What <c>./run</c> builds, made anew before the tests that wait for what it starts then.</summary>
public sealed class BuiltApps : IAsyncLifetime
{
    private static readonly string _artifacts = Path.Combine(RunScript.Repository, "artifacts");

    /// <summary>The files below <c>artifacts/bin</c> that the builds wrote. Tests start their programs from there meanwhile.</summary>
    public IReadOnlyList<string> WrittenWhereTestsRun { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        using var directory = new TemporaryDirectory();
        var cancel = TestContext.Current.CancellationToken;
        var tools = await FakeCoreTools.InstallAsync(directory, cancel);

        // Without them it builds although nothing has changed.
        foreach (var marker in Directory.GetFiles(_artifacts, "run*.built"))
        {
            File.Delete(marker);
        }

        var before = FilesWhereTestsRun().ToHashSet();

        // It builds both, and then starts nothing.
        await Shell.RunAsync($"PATH='{tools.SearchPath}' '{RunScript.Repository}/run' functions --help", cancel);
        WrittenWhereTestsRun = [.. FilesWhereTestsRun().Except(before).Select(file => file.Path)];
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static IEnumerable<(string Path, DateTime Written)> FilesWhereTestsRun() =>
        Directory.GetFiles(Path.Combine(_artifacts, "bin"), "*", SearchOption.AllDirectories)
            .Select(file => (file, File.GetLastWriteTimeUtc(file)));
}
