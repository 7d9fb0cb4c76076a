using Webhooks.Client.Receiving;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>The headers that a webhook's requests have beside the system's.</summary>
[Trait("Host", "both")]
public sealed class HeadersTests : PublishingTest
{
    [Fact]
    public async Task They_are_in_each_request_tests_included_and_follow_a_change()
    {
        var webhook = await Api.RegisterAsync(new
        {
            url = $"{Receiver.Url}/hook",
            events = new[] { "*" },
            headers = new Dictionary<string, string> { ["X-Api-Key"] = "one", ["Expires"] = "never", ["Authorization"] = "Bearer a b" },
        });
        await Api.PublishAsync(1, Cancel);
        await Receiver.WaitForAsync(1);
        await Api.TestAsync(webhook.Id);
        await Api.ChangeAsync(webhook.Id, new { headers = new Dictionary<string, string> { ["X-Api-Key"] = "two" } });
        await Api.PublishAsync(2, Cancel);
        await Receiver.WaitForAsync(3);
        await Api.ChangeAsync(webhook.Id, new { headers = (object?)null });
        await Api.PublishAsync(3, Cancel);

        var requests = await Receiver.WaitForAsync(4);
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
