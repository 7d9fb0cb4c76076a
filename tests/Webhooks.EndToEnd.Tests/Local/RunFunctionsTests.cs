using Azure.Storage.Queues;
using Npgsql;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests.Local;

/// <summary>What somebody sees who runs <c>./run functions</c>. The Core Tools are a fake.</summary>
[Collection(RunScript.Collection)]
public sealed class RunFunctionsTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _data = new();
    private FakeCoreTools _tools = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>What a run has started.</summary>
    private IReadOnlyList<int> Processes =>
        [.. ProcessTable.FindMentioning(_data.Path).Union(ProcessTable.FindMentioning($"func start --port {_tools.Start.Arguments[^1]}"))];

    public async ValueTask InitializeAsync() => _tools = await FakeCoreTools.InstallAsync(_data, Cancel);

    public ValueTask DisposeAsync()
    {
        _data.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_built_app_is_started_with_what_it_needs_and_ctrl_c_stops_everything()
    {
        await using var run = Start();
        await run.WaitForAsync(RunScript.EndOfTour, Cancel);

        var (arguments, directory, environment) = _tools.Start;
        Assert.Equal(["start", "--port"], arguments.SkipLast(1));
        Assert.Contains($"http://localhost:{arguments[^1]}/docs", run.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(directory, "Webhooks.Functions.dll")), directory);
        Assert.True(File.Exists(Path.Combine(directory, "host.json")), directory);

        Assert.Equal("dotnet-isolated", environment["FUNCTIONS_WORKER_RUNTIME"]);
        Assert.Equal("0", environment["DOTNET_TieredPGO"]);
        Assert.Equal($"localhost:{arguments[^1]}", environment["WEBSITE_HOSTNAME"]);
        Assert.Equal("127.0.0.0/8,::1/128", environment["Webhooks__AllowedNetworks"]);
        Assert.Equal("false", environment["Webhooks__RequireHttps"]);
        Assert.Equal($"{_data.Path}/secrets.key", environment["Webhooks__Secrets__KeyFile"]);
        Assert.True(File.Exists(environment["Webhooks__Auth__DevelopmentKeyFile"]), "The token in the tour is signed with the key.");
        await using (var database = NpgsqlDataSource.Create(environment["ConnectionStrings__Webhooks"]))
        {
            await using var connection = await database.OpenConnectionAsync(Cancel);
        }

        Assert.Equal(
            ["webhook-deliveries", "webhook-deliveries-poison", "webhook-events", "webhook-events-poison"],
            await QueueNamesAsync(environment["AzureWebJobsStorage"]));
        Assert.Equal("Azurite-Blob", await ServerAsync(environment["AzureWebJobsStorage"], "BlobEndpoint"));
        Assert.Equal("Azurite-Table", await ServerAsync(environment["AzureWebJobsStorage"], "TableEndpoint"));

        await run.InterruptAsync();
        Assert.Equal(0, await run.WaitForExitAsync());
        Assert.Empty(Processes);
    }

    [Fact]
    public async Task What_somebody_has_set_stays()
    {
        await using var azurite = await AzuriteServer.StartAsync();
        await using var run = Start(("AzureWebJobsStorage", azurite.ConnectionString), ("Webhooks__RequireHttps", "true"));
        await run.WaitForAsync(RunScript.EndOfTour, Cancel);

        Assert.Equal("true", _tools.Start.Environment["Webhooks__RequireHttps"]);
        Assert.Equal(azurite.ConnectionString, _tools.Start.Environment["AzureWebJobsStorage"]);
        Assert.Equal(4, (await QueueNamesAsync(azurite.ConnectionString)).Count);
        Assert.Empty(ProcessTable.FindMentioning($"{_data.Path}/queue"));
    }

    [Theory]
    [InlineData("services.mjs")]
    [InlineData("attended.mjs")]
    [InlineData("tools/func start")]
    public async Task Whatever_is_killed_no_process_stays_behind_and_one_line_says_what_ended(string victim)
    {
        await using var run = Start();
        await run.WaitForAsync(RunScript.EndOfTour, Cancel);

        ProcessTable.Kill(Assert.Single(Processes.Intersect(ProcessTable.FindMentioning(victim))));

        Assert.Equal(1, await run.WaitForExitAsync());
        Assert.Matches("error: The [^\n]* (ended by themselves|ended unexpectedly)[^\n]*\n$", run.Output);
        await NoProcessIsLeftAsync();
    }

    [Fact]
    public async Task When_the_run_itself_is_killed_no_process_stays_behind()
    {
        await using var run = Start();
        await run.WaitForAsync(RunScript.EndOfTour, Cancel);

        await run.KillAsync();

        await run.WaitForExitAsync();
        await NoProcessIsLeftAsync();
    }

    [Fact]
    public async Task Missing_Core_Tools_get_one_line_that_says_how_to_install_them()
    {
        // Only what the script needs until then: a machine may well have the real ones.
        var path = Directory.CreateDirectory(Path.Combine(_data.Path, "path")).FullName;
        await Shell.RunAsync($"for name in bash dirname dotnet; do ln -s \"$(command -v $name)\" '{path}'; done", Cancel);

        await using var run = Start(("PATH", path));

        Assert.Equal(1, await run.WaitForExitAsync());
        Assert.Equal(
            "error: The Azure Functions Core Tools (func) were not found. "
            + "Install version 4: npm install --global azure-functions-core-tools@4 "
            + "(https://learn.microsoft.com/azure/azure-functions/functions-run-local).\n",
            run.Output);
    }

    private RunScript Start(params (string Name, string Value)[] settings)
    {
        var environment = new Dictionary<string, string> { ["PATH"] = _tools.SearchPath };
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        return RunScript.Start(_data, settings: environment, arguments: "functions");
    }

    private Task NoProcessIsLeftAsync() => Eventually.HoldsAsync(() => Processes.Count == 0, () => "Processes outlive the run.", Cancel);

    private static async Task<List<string>> QueueNamesAsync(string connectionString) =>
        await new QueueServiceClient(connectionString).GetQueuesAsync(cancellationToken: Cancel).Select(queue => queue.Name)
            .ToListAsync(Cancel);

    /// <summary>The name that a service of the account has for itself, in an answer that may be a refusal.</summary>
    private static async Task<string?> ServerAsync(string connectionString, string endpoint)
    {
        var address = connectionString.Split(';')
            .Single(part => part.StartsWith(endpoint, StringComparison.Ordinal))[(endpoint.Length + 1)..];
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(address), Cancel);
        return answer.Headers.Server.Single().Product?.Name;
    }
}
