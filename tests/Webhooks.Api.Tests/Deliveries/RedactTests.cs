using System.Net;
using System.Text.Json;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Deliveries;

public sealed class RedactTests(SharedApi api) : IAsyncLifetime
{
    private readonly HttpClient _client = api.Server.ForNewOrganization();
    private Guid _webhook;
    private Guid _delivery;

    private string Delivery => $"{Calls.Webhooks}/{_webhook}/deliveries/{_delivery}";

    public async ValueTask InitializeAsync()
    {
        _webhook = await _client.CreateWebhookAsync();
        await _client.PublishAsync(data: """{"email":"jane@example.com"}""");
        _delivery = (await _client.Get($"{Calls.Webhooks}/{_webhook}/deliveries")).Data.Single().GetProperty("id").GetGuid();
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_delivery_is_shown_without_what_it_sent_and_a_redelivery_is_refused_with_the_reason()
    {
        var redacted = (await _client.Post($"{Delivery}/redact", "")).MustBe(HttpStatusCode.OK);
        var again = (await _client.Post($"{Delivery}/redact", "")).MustBe(HttpStatusCode.OK);
        var shown = (await _client.Get(Delivery)).MustBe(HttpStatusCode.OK);
        var redelivery = await _client.Post($"{Delivery}/redeliver", "");

        Assert.Equal(JsonValueKind.Null, redacted["payload"].ValueKind);
        Assert.Equal("canceled", redacted["status"].GetString());
        Assert.Equal(redacted["redacted_at"].GetDateTime(), again["redacted_at"].GetDateTime());
        Assert.Equal(redacted["redacted_at"].GetDateTime(), shown["redacted_at"].GetDateTime());
        Assert.Equal("urn:problem-type:webhooks:delivery-redacted", redelivery.MustBe(HttpStatusCode.Conflict)["type"].GetString());
        Assert.Contains("erased", redelivery["detail"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_organizations_delivery_is_unknown_and_stays_as_it_is()
    {
        using var stranger = api.Server.ForNewOrganization();

        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Post($"{Delivery}/redact", "")).Status);

        Assert.Equal(JsonValueKind.Object, (await _client.Get(Delivery))["payload"].ValueKind);
    }
}
