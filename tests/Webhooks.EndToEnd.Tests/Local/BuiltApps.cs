using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests.Local;

/// <summary>What <c>./run</c> builds when it is not there, made before the tests that wait for what it starts then.</summary>
public sealed class BuiltApps : IAsyncLifetime
{
    public async ValueTask InitializeAsync()
    {
        using var directory = new TemporaryDirectory();
        var cancel = TestContext.Current.CancellationToken;
        var tools = await FakeCoreTools.InstallAsync(directory, cancel);

        // It builds both, and then starts nothing.
        await Shell.RunAsync($"PATH='{tools.SearchPath}' '{RunScript.Repository}/run' functions --help", cancel);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
