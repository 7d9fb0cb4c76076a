using System.Text.Json.Nodes;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>What a delivery sent, and what it waits for, as those see it who look into a failure.</summary>
[Trait("Host", "both")]
public sealed class SentRequestTests : IAsyncLifetime
{
    private Installation _installation = null!;
    private WebhooksApi _api = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _installation = await Installation.CreateAsync(new Dictionary<string, string>());
        _api = _installation.Api(await _installation.StartServerAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _installation.DisposeAsync();
    }

    [Fact]
    public async Task A_refused_delivery_shows_the_request_the_headers_of_the_answer_and_that_it_waits_for_its_retry()
    {
        await using var receiver = await Receiver.StartAsync(_ => 503);
        var webhook = await _api.RegisterAsync(receiver.Url, "user.created");
        await _api.PublishAsync(1, Cancel);
        var refused = (await _api.WaitForHistoryAsync(
            webhook.Id, deliveries => deliveries is [var only] && (int)only["attempt_number"]! == 1, Cancel))[0];

        var request = await _api.SentRequestAsync(webhook.Id, refused);
        var attempt = (await _api.DeliveryAsync(webhook.Id, refused))["attempts"]!.AsArray().Single()!;
        var backlog = await _api.BacklogAsync();

        var got = receiver.Requests.Single();
        Assert.Equal(got.Text, (string)request["body"]!);
        foreach (var name in (string[])["webhook-id", "webhook-timestamp", "webhook-signature", "X-Webhook-Signature", "Content-Type"])
        {
            Assert.Equal(got.Header(name), (string)request["headers"]![name]!);
        }

        Assert.Equal("Kestrel", (string)attempt["response_headers"]!["Server"]!);
        Assert.Equal(1, (int)backlog["pending"]!);
        Assert.Equal("retry", (string)Assert.Single((JsonArray)backlog["reasons"]!)!["reason"]!);
    }
}
