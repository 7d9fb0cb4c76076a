using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Webhooks.Core.CloudEvents;
using Webhooks.Core.Idempotency;
using Webhooks.Core.Secrets;
using Webhooks.Core.Tests.Postgres;
using Webhooks.Core.Webhooks;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.CloudEvents;

/// <summary>Payloads in the form of CloudEvents 1.0, as they are stored when events fan out.</summary>
public sealed class CloudEventPayloadTests : DatabaseTest
{
    private readonly Guid _org = Guid.NewGuid();

    [Fact]
    public async Task Each_webhook_gets_an_event_in_its_own_form()
    {
        var standard = await AddWebhookAsync(_org);
        var cloud = await AddCloudEventsAsync();

        var published = Assert.Single(await Publisher.PublishAsync(
            [Message(_org, data: """{"id":7}""", timestamp: new DateTimeOffset(2026, 8, 1, 12, 0, 0, TimeSpan.Zero))], Cancel));

        var expected = new JsonObject
        {
            ["specversion"] = "1.0",
            ["id"] = published.Id.ToString(),
            ["source"] = $"/organizations/{_org}",
            ["type"] = "user.created",
            ["time"] = "2026-08-01T12:00:00.000Z",
            ["datacontenttype"] = "application/json",
            ["data"] = new JsonObject { ["id"] = 7 },
            ["webhookid"] = cloud.ToString(),
        };
        var payload = await PayloadAsync(cloud);
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(payload)), payload);
        Assert.True(CloudEventPayload.IsOne(Encoding.UTF8.GetBytes(payload)));
        Assert.False(CloudEventPayload.IsOne(Encoding.UTF8.GetBytes(await PayloadAsync(standard))));
    }

    [Fact]
    public async Task What_is_stored_in_parts_is_in_the_form_of_each_webhook()
    {
        const int Webhooks = 300;
        for (var number = 0; number < Webhooks; number++)
        {
            await (number % 3 == 0 ? AddCloudEventsAsync() : AddWebhookAsync(_org));
        }

        await Publisher.PublishAsync([Message(_org, data: JsonSerializer.Serialize(new { text = new string('a', 45_000) }))], Cancel);

        Assert.Equal(Webhooks / 3, await QueryAsync<int>("SELECT count(*)::int FROM webhook_deliveries WHERE payload ? 'specversion'"));
        Assert.Equal(
            0,
            await QueryAsync<int>(
                "SELECT count(*)::int FROM webhook_deliveries JOIN webhooks ON webhooks.id = webhook_id "
                + "WHERE (payload ? 'specversion') <> (payload_format = 'cloudevents')"));
    }

    [Fact]
    public async Task The_probe_of_a_webhook_that_is_enabled_is_in_its_form()
    {
        var cloud = await AddCloudEventsAsync();
        await ExecuteAsync("UPDATE webhooks SET active = false");
        var store = new WebhookStore(
            Database, new SecretProtector(new SwitchableKeyRing()), new KeyedRequests(Database), Probes, Unpulled, new WebhooksOptions());

        await store.UpdateAsync(_org, cloud, new WebhookChanges(Active: true), states: null, Cancel);

        var payload = JsonNode.Parse(await PayloadAsync(cloud))!;
        Assert.Equal("1.0", (string?)payload["specversion"]);
        Assert.Equal(await QueryAsync<Guid>("SELECT event_id FROM webhook_deliveries"), payload["id"]!.GetValue<Guid>());
    }

    [Fact]
    public async Task A_filter_sees_the_standard_payload_whatever_the_form()
    {
        var cloud = await AddCloudEventsAsync();
        await ExecuteAsync(
            """
            UPDATE webhooks SET filter = '{"event":"user.created"}', filter_path = '$event == "user.created"' WHERE id = $1
            """,
            cloud);

        await Publisher.PublishAsync([Message(_org), Message(_org, "user.login")], Cancel);

        Assert.Equal("user.created", await QueryAsync<string>("SELECT payload->>'type' FROM webhook_deliveries"));
    }

    private async Task<Guid> AddCloudEventsAsync()
    {
        var webhook = await AddWebhookAsync(_org);
        await ExecuteAsync("UPDATE webhooks SET payload_format = 'cloudevents' WHERE id = $1", webhook);
        return webhook;
    }

    private Task<string> PayloadAsync(Guid webhook) =>
        QueryAsync<string>("SELECT payload::text FROM webhook_deliveries WHERE webhook_id = $1", webhook);
}
