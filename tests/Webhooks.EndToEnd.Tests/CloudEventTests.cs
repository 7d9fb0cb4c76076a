using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Queues;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.Http;
using CloudNative.CloudEvents.SystemTextJson;
using Webhooks.Client.Receiving;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>CloudEvents 1.0 in and out, with the CNCF's own library at both ends.</summary>
[Trait("Host", "both")]
public sealed class CloudEventTests : PublishingTest
{
    private static readonly JsonEventFormatter _formatter = new();

    [Fact]
    public async Task What_the_library_sends_in_every_mode_and_over_the_queue_is_what_it_receives()
    {
        var webhook = await Api.RegisterAsync(
            new { url = $"{Receiver.Url}/cloud", events = new[] { "*" }, payload_format = "cloudevents" });
        var sent = Enumerable.Range(0, 6).Select(NewEvent).ToArray();

        var ids = new List<Guid>
        {
            await PublishAsync(sent[0].ToHttpContent(ContentMode.Structured, _formatter)),
            await PublishAsync(sent[1].ToHttpContent(ContentMode.Binary, _formatter)),
            await PublishAsync(new[] { sent[2], sent[3] }.ToHttpContent(_formatter)),
        };
        await PutOnQueueAsync(sent[4], QueueMessageEncoding.Base64);
        await PutOnQueueAsync(sent[5], QueueMessageEncoding.None);

        // The same event again is no second one.
        Assert.Equal(ids[0], await PublishAsync(sent[0].ToHttpContent(ContentMode.Binary, _formatter)));
        var requests = await Receiver.WaitForAsync(sent.Length);
        var received = requests.Select(request => Receive(request, webhook)).ToDictionary(item => Number(item));
        Assert.All(sent, item =>
        {
            var arrived = received[Number(item)];
            Assert.Equal(item.Type, arrived.Type);
            Assert.Equal(item.Time, arrived.Time);
            Assert.Equal($"/organizations/{Installation.Organization}", arrived.Source!.ToString());
            Assert.Equal(webhook.Id.ToString(), arrived["webhookid"]);
            Assert.Equal("application/json", arrived.DataContentType);
        });
        Assert.Equal(ids[0].ToString(), received[0].Id);
    }

    [Fact]
    public async Task A_delivery_keeps_the_form_that_it_was_stored_in()
    {
        var webhook = await Api.RegisterAsync(
            new { url = $"{Receiver.Url}/cloud", events = new[] { "*" }, payload_format = "cloudevents" });
        await Api.PublishAsync(1, Cancel);
        await Receiver.WaitForAsync(1);
        var delivery = Assert.Single(await Api.WaitForHistoryAsync(
            webhook.Id, history => history is [var only] && (string?)only["status"] == "succeeded", Cancel));
        await Api.ChangeAsync(webhook.Id, new { payload_format = "standard" });

        await Api.RedeliverAsync(webhook.Id, delivery);
        var again = (await Receiver.WaitForAsync(2))[1];
        await Api.TestAsync(webhook.Id);
        var test = (await Receiver.WaitForAsync(3))[2];
        await Api.ChangeAsync(webhook.Id, new { payload_format = "cloudevents" });
        await Api.TestAsync(webhook.Id);
        var cloudTest = (await Receiver.WaitForAsync(4))[3];

        Assert.Equal(Receiver.Requests[0].Body, again.Body);
        Assert.Equal(1, Number(Receive(again, webhook)));
        Assert.Equal("application/json; charset=utf-8", test.Header("Content-Type"));
        Assert.Equal("user.created", Receive(cloudTest, webhook).Type);
        Assert.Equal(cloudTest.Header("webhook-id"), Receive(cloudTest, webhook).Id);
    }

    private CloudEvent NewEvent(int number) => new()
    {
        Id = $"id {number}",
        Source = new Uri("/tests/Zoë", UriKind.Relative),
        Type = "user.created",
        Time = new DateTimeOffset(2026, 8, 1, 12, 0, number, TimeSpan.Zero),
        DataContentType = "application/json",
        Data = new { number },
        ["orgid"] = Installation.Organization.ToString(),
    };

    private async Task<Guid> PublishAsync(HttpContent content)
    {
        using var http = new HttpClient { BaseAddress = new Uri(Server.Url) };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/events") { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Server.CreateToken(Installation.Organization));
        using var answer = await http.SendAsync(request, Cancel);
        var body = await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel);
        Assert.True(answer.IsSuccessStatusCode, body!.ToJsonString());
        return (body["id"] ?? body["data"]![0]!["id"])!.GetValue<Guid>();
    }

    private async Task PutOnQueueAsync(CloudEvent item, QueueMessageEncoding encoding)
    {
        var queue = new QueueClient(
            Queue.ConnectionString, "webhook-events", new QueueClientOptions { MessageEncoding = encoding });
        await queue.CreateIfNotExistsAsync(cancellationToken: Cancel);
        await queue.SendMessageAsync(new BinaryData(_formatter.EncodeStructuredModeMessage(item, out _)), cancellationToken: Cancel);
    }

    /// <summary>The event in a request, whose signature must be good.</summary>
    private static CloudEvent Receive(ReceivedRequest request, RegisteredWebhook webhook)
    {
        Assert.Equal(
            WebhookVerification.Valid,
            new WebhookVerifier(webhook.Secret).Verify(
                request.Body, request.Header("webhook-id"), request.Header("webhook-timestamp"), request.Header("webhook-signature")));
        var type = request.Header("Content-Type")!;
        Assert.Equal("application/cloudevents+json", type);
        return _formatter.DecodeStructuredModeMessage(request.Body, new ContentType(type), extensionAttributes: null);
    }

    private static int Number(CloudEvent item) => JsonSerializer.SerializeToElement(item.Data).GetProperty("number").GetInt32();
}
