using System.Globalization;
using System.Net;
using System.Text.Json;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Events;

/// <summary><c>deliver_at</c> and <c>ordering_key</c> of published events.</summary>
public sealed class ScheduledEventTests(SharedApi api) : IAsyncLifetime
{
    private const string Path = "/api/v1/events";

    private readonly HttpClient _client = api.Server.ForNewOrganization();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Both_are_shown_with_the_delivery_and_the_event()
    {
        var webhook = await _client.CreateWebhookAsync();
        var time = Text(TimeSpan.FromDays(2));
        var published = (await _client.Post(
            Path, $$"""{"event":"user.created","data":{},"deliver_at":"{{time}}","ordering_key":"customer 7"}"""))
            .MustBe(HttpStatusCode.Accepted);

        var listed = Assert.Single((await _client.Get($"{Calls.Webhooks}/{webhook}/deliveries")).Data);
        var detail = (await _client.Get($"{Calls.Webhooks}/{webhook}/deliveries/{listed.GetProperty("id")}")).Json;
        var shown = (await _client.Get($"{Path}/{published["id"]}")).Json;

        foreach (var item in (JsonElement[])[listed, detail, shown])
        {
            Assert.Equal(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture), item.GetProperty("deliver_at").GetDateTimeOffset());
            Assert.Equal("customer 7", item.GetProperty("ordering_key").GetString());
        }

        Assert.Equal(detail.GetProperty("deliver_at").GetString(), detail.GetProperty("next_attempt_at").GetString());
    }

    [Fact]
    public async Task CloudEvents_have_them_as_extension_attributes()
    {
        var webhook = await _client.CreateWebhookAsync();
        (await _client.Post(
            Path,
            $$"""
            {"specversion":"1.0","id":"1","source":"/a","type":"user.created","data":{},"deliverat":"{{Text(TimeSpan.FromDays(2))}}",
             "orderingkey":"k"}
            """)).MustBe(HttpStatusCode.Accepted);

        var listed = Assert.Single((await _client.Get($"{Calls.Webhooks}/{webhook}/deliveries")).Data);
        Assert.Equal("k", listed.GetProperty("ordering_key").GetString());
        Assert.Equal(JsonValueKind.String, listed.GetProperty("deliver_at").ValueKind);
    }

    [Fact]
    public async Task What_cannot_be_kept_is_refused_with_the_field()
    {
        (await PublishAsync($"\"deliver_at\":\"{Text(TimeSpan.FromDays(7.01))}\"")).MustRefuse("deliver_at");
        (await PublishAsync("\"deliver_at\":\"tomorrow\"")).MustRefuse("deliver_at");
        (await PublishAsync("\"deliver_at\":\"2026-08-01T12:00:00\"")).MustRefuse("deliver_at");
        (await PublishAsync("\"deliver_at\":60")).MustRefuse("deliver_at");
        (await PublishAsync("\"deliver_at\":\"0001-01-01T00:00:00Z\"")).MustRefuse("deliver_at");
        (await PublishAsync("\"ordering_key\":\"\"")).MustRefuse("ordering_key");
        (await PublishAsync($"\"ordering_key\":\"{new string('k', 129)}\"")).MustRefuse("ordering_key");
        (await PublishAsync("\"ordering_key\":\"a\\nb\"")).MustRefuse("ordering_key");
        (await PublishAsync("\"ordering_key\":7")).MustRefuse("ordering_key");
        (await PublishAsync("\"deliver_at\":null,\"ordering_key\":null")).MustBe(HttpStatusCode.Accepted);
        (await PublishAsync($"\"deliver_at\":\"{Text(TimeSpan.FromDays(-9))}\",\"ordering_key\":\"{new string('k', 128)}\""))
            .MustBe(HttpStatusCode.Accepted);
        (await PublishAsync($"\"deliver_at\":\"{Text(TimeSpan.FromDays(6.99))}\"")).MustBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_redelivery_is_made_now_and_keeps_the_key()
    {
        var webhook = await _client.CreateWebhookAsync();
        (await PublishAsync($"\"deliver_at\":\"{Text(TimeSpan.FromDays(2))}\",\"ordering_key\":\"k\"")).MustBe(HttpStatusCode.Accepted);
        var deliveries = $"{Calls.Webhooks}/{webhook}/deliveries";
        var first = Assert.Single((await _client.Get(deliveries)).Data).GetProperty("id");

        (await _client.Post($"{deliveries}/{first}/cancel")).MustBe(HttpStatusCode.Accepted);
        var again = (await _client.Post($"{deliveries}/{first}/redeliver")).MustBe(HttpStatusCode.Accepted)["id"];

        var made = (await _client.Get($"{deliveries}/{again}")).Json;
        Assert.Equal("k", made.GetProperty("ordering_key").GetString());
        Assert.Equal(JsonValueKind.Null, made.GetProperty("deliver_at").ValueKind);
        Assert.True(made.GetProperty("next_attempt_at").GetDateTimeOffset() <= DateTimeOffset.UtcNow.AddMinutes(1));
    }

    private static string Text(TimeSpan ahead) =>
        (DateTimeOffset.UtcNow + ahead).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private Task<Answer> PublishAsync(string field) => _client.Post(Path, $$"""{"event":"user.created","data":{},{{field}} }""");
}
