using Webhooks.Client.Receiving;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>The headers that a webhook's requests have beside the system's.</summary>
[Trait("Host", "both")]
public sealed class HeadersTests : IAsyncLifetime
{
    private AzuriteServer _queue = null!;
    private Installation _installation = null!;
    private ServerProcess _server = null!;
    private Receiver _receiver = null!;
    private WebhooksApi _api = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _queue = await AzuriteServer.StartAsync();
        _receiver = await Receiver.StartAsync();
        _installation = await Installation.CreateAsync(
            new Dictionary<string, string> { ["ConnectionStrings__Queues"] = _queue.ConnectionString });
        _server = await _installation.StartServerAsync();
        _api = _installation.Api(_server);
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _installation.DisposeAsync();
        await _receiver.DisposeAsync();
        await _queue.DisposeAsync();
    }

    [Fact]
    public async Task They_are_in_each_request_tests_included_and_follow_a_change()
    {
        var webhook = await _api.RegisterAsync(new
        {
            url = $"{_receiver.Url}/hook",
            events = new[] { "*" },
            headers = new Dictionary<string, string> { ["X-Api-Key"] = "one", ["Expires"] = "never", ["Authorization"] = "Bearer a b" },
        });
        await _api.PublishAsync(1, Cancel);
        await _receiver.WaitForAsync(1);
        await _api.TestAsync(webhook.Id);
        await _api.ChangeAsync(webhook.Id, new { headers = new Dictionary<string, string> { ["X-Api-Key"] = "two" } });
        await _api.PublishAsync(2, Cancel);
        await _receiver.WaitForAsync(3);
        await _api.ChangeAsync(webhook.Id, new { headers = (object?)null });
        await _api.PublishAsync(3, Cancel);

        var requests = await _receiver.WaitForAsync(4);
        Assert.Equal(["one", "one", "two", null], requests.Select(request => request.Header("X-Api-Key")));
        Assert.Equal(["never", "never", null, null], requests.Select(request => request.Header("Expires")));
        Assert.Equal(["Bearer a b", "Bearer a b", null, null], requests.Select(request => request.Header("Authorization")));
        Assert.All(requests, request => Assert.Equal("application/json; charset=utf-8", request.Header("Content-Type")));
        Assert.All(requests, request => Assert.Equal(
            WebhookVerification.Valid,
            new WebhookVerifier(webhook.Secret).Verify(
                request.Body, request.Header("webhook-id"), request.Header("webhook-timestamp"), request.Header("webhook-signature"))));
    }
}
