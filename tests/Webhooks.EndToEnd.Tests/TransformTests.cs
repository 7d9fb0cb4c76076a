using System.Text.Json.Nodes;
using Webhooks.Client.Receiving;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>What scripts make of payloads.</summary>
[Trait("Host", "both")]
public sealed class TransformTests : PublishingTest
{
    [Fact]
    public async Task What_a_transform_makes_is_signed_sent_and_kept_and_a_mended_one_makes_good_what_failed()
    {
        var webhook = await Api.RegisterAsync(new
        {
            url = $"{Receiver.Url}/hook",
            events = new[] { "*" },
            transform = "function handler(w) { w.headers['X-Kind'] = w.event; return {...w, payload: {kind: w.event}}; }",
        });
        await Api.PublishAsync(1, Cancel);
        var first = Assert.Single(await Receiver.WaitForAsync(1));
        await Api.ChangeAsync(webhook.Id, new { transform = "function handler(w) {\n  return w.none.of.it;\n}" });
        await Api.PublishAsync(2, Cancel);
        var failed = await WaitAsync(webhook, "failed");
        await Api.ChangeAsync(webhook.Id, new { transform = "function handler(w) { return {cancel: true}; }" });
        await Api.PublishAsync(3, Cancel);
        var canceled = await WaitAsync(webhook, "canceled");
        await Api.ChangeAsync(webhook.Id, new { transform = "function handler(w) { return {payload: {mended: true}}; }" });
        await Api.RedeliverAsync(webhook.Id, failed);

        var requests = await Receiver.WaitForAsync(2);
        Assert.Equal("""{"mended":true}""", requests[1].Text);
        Assert.Equal($"{{\"kind\":\"{first.Header("X-Webhook-Event")}\"}}", first.Text);
        Assert.Equal(first.Header("X-Webhook-Event"), first.Header("X-Kind"));
        Assert.All(requests, request => Assert.Equal(
            WebhookVerification.Valid,
            new WebhookVerifier(webhook.Secret).Verify(
                request.Body, request.Header("webhook-id"), request.Header("webhook-timestamp"), request.Header("webhook-signature"))));
        var succeeded = await Api.DeliveryAsync(webhook.Id, await WaitAsync(webhook, "succeeded"));
        Assert.Contains((string)succeeded["sent_body"]!, requests.Select(request => request.Text));
        Assert.Equal("transform_failed", (string?)failed["error"]);
        Assert.Equal(0, (int)failed["attempt_number"]!);
        Assert.StartsWith("Line 2:", (string?)(await Api.DeliveryAsync(webhook.Id, failed))["transform_error"], StringComparison.Ordinal);
        Assert.Equal("transform_canceled", (string?)canceled["error"]);
    }

    private async Task<JsonNode> WaitAsync(RegisteredWebhook webhook, string status)
    {
        JsonNode? found = null;
        await Eventually.HoldsAsync(
            async () => (found = (await Api.HistoryAsync(webhook.Id)).FirstOrDefault(
                delivery => (string?)delivery["status"] == status)) is not null,
            () => $"no delivery is {status}",
            Cancel);
        return found!;
    }
}
