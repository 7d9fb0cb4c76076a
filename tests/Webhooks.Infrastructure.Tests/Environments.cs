using System.Text.Json.Nodes;
using Webhooks.Infrastructure.Tests;

[assembly: AssemblyFixture(typeof(Environments))]

namespace Webhooks.Infrastructure.Tests;

/// <summary>What deploying each environment would make, with every expression evaluated that needs no Azure.</summary>
public sealed class Environments
{
    private readonly Lazy<Task<JsonNode[]>> _dev = new(() => PredictAsync("dev"));
    private readonly Lazy<Task<JsonNode[]>> _prod = new(() => PredictAsync("prod"));

    /// <summary>Every resource of one type in an environment.</summary>
    public async Task<JsonNode[]> ResourcesAsync(string environment, string type) =>
        [.. (await AllResourcesAsync(environment)).Where(resource => Text(resource["type"]) == type)];

    /// <summary>Every resource of an environment.</summary>
    public Task<JsonNode[]> AllResourcesAsync(string environment)
    {
        Bicep.SkipWhereItCannotRun();
        return environment == "dev" ? _dev.Value : _prod.Value;
    }

    /// <summary>The app's settings in an environment.</summary>
    public async Task<Dictionary<string, string>> AppSettingsAsync(string environment)
    {
        var app = Assert.Single(await ResourcesAsync(environment, "Microsoft.Web/sites"));
        return app["properties"]!["siteConfig"]!["appSettings"]!.AsArray()
            .ToDictionary(setting => Text(setting!["name"]), setting => Text(setting!["value"]));
    }

    internal static string Text(JsonNode? node) => node!.GetValue<string>();

    private static async Task<JsonNode[]> PredictAsync(string environment)
    {
        using var bicep = Bicep.OnThisMachine();
        var result = await bicep.RunAsync(
            "snapshot", $"{environment}.bicepparam", "--mode", "overwrite", "--location", "westeurope",
            "--subscription-id", "0198c0de-0000-7000-8000-000000000002", "--tenant-id", "0198c0de-0000-7000-8000-000000000003");
        Assert.True(result.ExitCode == 0, result.Errors);

        var snapshot = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(bicep.Folder, $"{environment}.snapshot.json")))!;
        return [.. snapshot["predictedResources"]!.AsArray().Select(resource => resource!)];
    }
}
