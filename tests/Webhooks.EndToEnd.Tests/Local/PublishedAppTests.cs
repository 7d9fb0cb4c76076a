using System.IO.Compression;
using System.Reflection;
using System.Text.Json;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests.Local;

/// <summary>
/// What <c>dotnet publish src/Webhooks.Functions</c> makes for Azure and for <c>func</c>. It writes below <c>artifacts/bin</c>, so it must
/// not run while <see cref="BuiltApps"/> looks who else does.
/// </summary>
[Collection(RunScript.Collection)]
public sealed class PublishedAppTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string App => Path.Combine(_directory.Path, "app");

    private string Package => Path.Combine(_directory.Path, "app.zip");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_published_app_has_what_a_host_needs_to_run_it_and_the_package_holds_all_of_it()
    {
        var output = await Shell.RunAsync(
            $"dotnet publish '{RunScript.Repository}/src/Webhooks.Functions' --configuration Release --output '{App}' " +
            $"-p:PackageFile='{Package}' -p:RestoreLockedMode=true --disable-build-servers --nologo",
            Cancel);
        // An advisory about a package is news of the day, not of this code.
        var warnings = output.Split('\n').Where(line => line.Contains("warning", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(warnings, line => !line.Contains("warning NU190", StringComparison.Ordinal));

        var worker = Read("worker.config.json").GetProperty("description").GetProperty("defaultWorkerPath").GetString()!;
        Assert.True(File.Exists(Path.Combine(App, worker)), worker);
        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(RunScript.Repository, "host.json"), Cancel),
            await File.ReadAllTextAsync(Path.Combine(App, "host.json"), Cancel));
        AssertFunctions();
        AssertExtensions();
        AssertLockedVersions();

        var files = Directory.GetFiles(App, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(App, file)).ToList();
        Assert.DoesNotContain(files, file => file.StartsWith("local.settings", StringComparison.Ordinal));
        using var package = ZipFile.OpenRead(Package);
        Assert.Equal(files.Order(StringComparer.Ordinal), package.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal));
    }

    /// <summary>Each function is a method of the app, and every kind of trigger is there.</summary>
    private void AssertFunctions()
    {
        var functions = Read("functions.metadata").EnumerateArray().ToList();
        Assert.All(functions, function =>
        {
            Assert.Equal("Webhooks.Functions.dll", function.GetProperty("scriptFile").GetString());
            Assert.StartsWith("Webhooks.Functions.", function.GetProperty("entryPoint").GetString(), StringComparison.Ordinal);
        });
        var triggers = functions
            .SelectMany(function => function.GetProperty("bindings").EnumerateArray())
            .Select(binding => binding.GetProperty("type").GetString()!)
            .Where(type => type.EndsWith("Trigger", StringComparison.Ordinal));
        Assert.Equal(
            ["activityTrigger", "httpTrigger", "orchestrationTrigger", "queueTrigger", "timerTrigger"],
            triggers.Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>The host finds each extension's assembly where it is told to look, in the version that it asks for.</summary>
    private void AssertExtensions()
    {
        var extensions = Read("extensions.json").GetProperty("extensions").EnumerateArray().ToList();
        Assert.Equal(
            ["AzureStorageQueues", "DurableTask", "Startup"],
            extensions.Select(extension => extension.GetProperty("name").GetString()!).Order(StringComparer.Ordinal));
        foreach (var extension in extensions)
        {
            var type = extension.GetProperty("typeName").GetString()!;
            var assembly = AssemblyName.GetAssemblyName(Path.Combine(App, extension.GetProperty("hintPath").GetString()!));
            Assert.EndsWith($", {assembly.FullName}", type, StringComparison.Ordinal);
        }
    }

    /// <summary>The extensions were built from the packages of their lock file, not from what a feed had that day.</summary>
    private void AssertLockedVersions()
    {
        var lockFile = Path.Combine(RunScript.Repository, "src", "Webhooks.Functions", "WorkerExtensions.lock.json");
        var locked = Read(lockFile).GetProperty("dependencies").GetProperty("net8.0").EnumerateObject()
            .ToDictionary(
                package => package.Name, package => package.Value.GetProperty("resolved").GetString(), StringComparer.OrdinalIgnoreCase);
        var built = Read(".azurefunctions/function.deps.json").GetProperty("libraries").EnumerateObject()
            .Where(library => library.Value.GetProperty("type").GetString() == "package")
            .Select(library => library.Name.Split('/'));
        Assert.All(built, library => Assert.Equal(locked[library[0]], library[1]));
        Assert.Contains(built, library => library[0] == "Microsoft.Azure.WebJobs.Extensions.DurableTask");
    }

    private JsonElement Read(string file) => JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(App, file)));
}
