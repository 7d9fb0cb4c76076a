namespace Webhooks.Infrastructure.Tests;

public sealed class InfrastructureScriptTests : IDisposable
{
    /// <summary>Stands in for the Azure CLI: notes how it was called and with which key, and answers a query with its text.</summary>
    private const string AzureCli = """
        #!/usr/bin/env bash
        echo "$* key=${WEBHOOKS_ENCRYPTION_KEY:-}" >> "$CALLS"
        [[ $3 != "${FAILS_AT:-}" ]] || exit 1
        [[ $3 != show ]] || echo "value of $7"
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("webhooks-az-");

    [Fact]
    public async Task A_preview_changes_nothing_and_asks_for_no_right_to_change_anything()
    {
        var result = await RunAsync("what-if", "dev");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(
            [
                "deployment sub what-if --name webhooks-dev --location westeurope --parameters dev.bicepparam"
                + " --validation-level ProviderNoRbac key=",
            ],
            Calls());
    }

    [Fact]
    public async Task A_deployment_hands_its_outputs_to_the_pipeline()
    {
        var result = await RunAsync("create", "prod");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(
            "deployment sub create --name webhooks-prod --location westeurope --parameters prod.bicepparam --output none key=", Calls()[0]);
        foreach (var name in (string[])["functionAppName", "functionAppUrl"])
        {
            Assert.Contains(
                $"##vso[task.setvariable variable={name}]value of properties.outputs.{name}.value", result.Output,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_new_key_has_32_bytes_and_is_never_printed()
    {
        var result = await RunAsync("create", "dev", ("NEW_ENCRYPTION_KEY", "True"));

        var key = Calls()[0].Split("key=")[1];
        Assert.Equal(32, Convert.FromBase64String(key).Length);
        Assert.DoesNotContain(key, result.Output + result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("create")]
    [InlineData("show")]
    public async Task A_failure_of_Azure_fails_the_pipeline(string operation)
    {
        var result = await RunAsync("create", "dev", ("FAILS_AT", operation));

        Assert.NotEqual(0, result.ExitCode);
        Assert.DoesNotContain("##vso", result.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<ProcessResult> RunAsync(string operation, string environment, params (string Name, string Value)[] variables)
    {
        var az = Path.Combine(_folder.FullName, "az");
        await File.WriteAllTextAsync(az, AzureCli, TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(az, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var settings = variables.ToDictionary(variable => variable.Name, variable => variable.Value);
        settings["PATH"] = $"{_folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}";
        settings["CALLS"] = CallsFile;
        settings["AZURE_LOCATION"] = "westeurope";
        return await Script.RunAsync("infrastructure.sh", [operation, environment], settings);
    }

    private string CallsFile => Path.Combine(_folder.FullName, "calls");

    private string[] Calls() => File.ReadAllLines(CallsFile);
}
