using System.Diagnostics;
using Webhooks.EndToEnd.Tests.Local;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>
/// The OpenAPI document as its readers use it: <c>tests/openapi/check.mjs</c> lints it, validates its examples, generates a client, and
/// runs a program with that.
/// </summary>
public sealed class OpenApiClientTests
{
    [Fact]
    public async Task A_client_generated_from_the_document_compiles_and_works()
    {
        var folder = Path.Combine(RunScript.Repository, "tests", "openapi");
        Assert.True(
            Directory.Exists(Path.Combine(folder, "node_modules")), "The packages of tests/openapi are missing: run local/install tests.");
        await using var database = await TestDatabase.CreateAsync();
        await using var receiver = await Receiver.StartAsync();
        using var keys = new TemporaryDirectory();
        using var work = new TemporaryDirectory();
        var settings = new Dictionary<string, string> { ["ConnectionStrings__Webhooks"] = database.ConnectionString };
        await using var server = await ServerProcess.StartAsync(keys, settings);

        var start = new ProcessStartInfo(
            "node", [Path.Combine(folder, "check.mjs"), server.Url, server.CreateToken(Guid.NewGuid()), receiver.Url, work.Path])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var check = Process.Start(start)!;
        var errors = check.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await check.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await check.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(check.ExitCode == 0, output + await errors);
    }
}
