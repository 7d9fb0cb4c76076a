using System.Diagnostics;
using System.Text.Json;
using Webhooks.EndToEnd.Tests.Local;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>
/// What receivers verify requests with, as it is published: <c>tests/receivers/verify.mjs</c> runs the libraries of Standard Webhooks and
/// Svix.
/// </summary>
[Trait("Host", "both")]
public sealed class ReceiverLibraryTests : IAsyncLifetime
{
    private static readonly string _folder = Path.Combine(RunScript.Repository, "tests", "receivers");

    private Installation _installation = null!;
    private Receiver _receiver = null!;
    private WebhooksApi _api = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.True(
            Directory.Exists(Path.Combine(_folder, "node_modules")),
            "The packages of tests/receivers are missing: run local/install tests.");
        _receiver = await Receiver.StartAsync();
        _installation = await Installation.CreateAsync(new Dictionary<string, string>());
        _api = _installation.Api(await _installation.StartServerAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _installation.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Libraries_verify_with_either_secret_throughout_a_rotation_and_the_header_of_one_value_with_the_old_until_promote()
    {
        var webhook = await _api.RegisterAsync(_receiver.Url, "user.created");
        var old = webhook.Secret;

        var before = await PublishAsync(number: 1);
        var current = await _api.RotateSecretAsync(webhook.Id);
        var during = await PublishAsync(number: 2);
        await _api.PromoteSecretAsync(webhook.Id);
        var promoted = await PublishAsync(number: 3);
        await _api.EndSecretOverlapAsync(webhook.Id);
        var after = await PublishAsync(number: 4);

        Assert.Equal(new Verdict(Libraries: true, Snippet: true), await VerifyAsync(before, old));
        Assert.Equal(new Verdict(Libraries: true, Snippet: true), await VerifyAsync(during, old));
        Assert.Equal(new Verdict(Libraries: true, Snippet: false), await VerifyAsync(during, current));
        Assert.Equal(new Verdict(Libraries: true, Snippet: false), await VerifyAsync(promoted, old));
        Assert.Equal(new Verdict(Libraries: true, Snippet: true), await VerifyAsync(promoted, current));
        Assert.Equal(new Verdict(Libraries: false, Snippet: false), await VerifyAsync(after, old));
        Assert.Equal(new Verdict(Libraries: true, Snippet: true), await VerifyAsync(after, current));
    }

    /// <summary>Publishes an event and gives the request that it made.</summary>
    private async Task<ReceivedRequest> PublishAsync(int number)
    {
        var id = (await _api.PublishAsync(number, Cancel)).ToString();
        var requests = await _receiver.WaitForAsync(requests => requests.Any(request => request.Header("webhook-id") == id));
        return requests.First(request => request.Header("webhook-id") == id);
    }

    /// <summary>What receivers find that know this secret.</summary>
    private static async Task<Verdict> VerifyAsync(ReceivedRequest request, string secret)
    {
        var headers = request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value);
        var given = JsonSerializer.Serialize(new { secret, body = request.Text, headers });
        var start = new ProcessStartInfo("node", [Path.Combine(_folder, "verify.mjs"), given])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var node = Process.Start(start)!;
        var errors = node.StandardError.ReadToEndAsync(Cancel);
        var output = await node.StandardOutput.ReadToEndAsync(Cancel);
        await node.WaitForExitAsync(Cancel);
        Assert.True(node.ExitCode == 0, output + await errors);

        var verdict = JsonElement.Parse(output);
        var libraries = verdict.GetProperty("standardwebhooks").GetBoolean();
        Assert.Equal(libraries, verdict.GetProperty("svix").GetBoolean());
        return new Verdict(libraries, verdict.GetProperty("snippet").GetBoolean());
    }

    /// <param name="Libraries">Whether both libraries accept it.</param>
    /// <param name="Snippet">Whether the header that has one signature is right.</param>
    private sealed record Verdict(bool Libraries, bool Snippet);
}
