using System.Net;
using System.Text.Json;
using Webhooks.Api.Authentication;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Events;

public sealed class AvailableEventsTests(SharedApi api)
{
    [Fact]
    public async Task Every_event_type_is_listed_by_category_with_a_sample()
    {
        using var client = api.Server.For(Guid.NewGuid(), Scopes.ReadWebhooks);

        var available = (await client.Get("/api/v1/webhooks/events/available")).MustBe(HttpStatusCode.OK);

        Assert.Equal(6, available.Data.Count);
        var types = available.Data.SelectMany(category => category.GetProperty("events").EnumerateArray()).ToArray();
        Assert.Equal(30, types.Length);
        Assert.Contains(types, type => type.GetProperty("name").GetString() == "user.created");
        Assert.All(available.Data, category => Assert.NotEmpty(category.GetProperty("category").GetString()!));
        Assert.All(types, type =>
        {
            Assert.NotEmpty(type.GetProperty("description").GetString()!);
            Assert.Equal(JsonValueKind.Object, type.GetProperty("sample").ValueKind);
        });
    }

    [Fact]
    public async Task Operational_event_types_are_listed_apart_and_cannot_be_published()
    {
        using var client = api.Server.ForNewOrganization();

        var operational = (await client.Get("/api/v1/webhooks/events/available"))["operational"].EnumerateArray().ToArray();

        Assert.Equal(
            [
                "webhook.disabled", "webhook.enabled", "webhook.failing", "webhook.recovered", "delivery.exhausted", "recovery.finished",
                "secret.rotated",
            ],
            operational.Select(type => type.GetProperty("name").GetString()));
        Assert.All(operational, type => Assert.Equal(JsonValueKind.Object, type.GetProperty("sample").ValueKind));
        foreach (var type in operational)
        {
            var message = $$$"""{"event":{{{type.GetProperty("name").GetRawText()}}},"data":{}}""";
            (await client.Post("/api/v1/events", message)).MustRefuse("event");
        }
    }

    [Fact]
    public async Task Every_listed_sample_can_be_published()
    {
        using var client = api.Server.ForNewOrganization();
        var available = await client.Get("/api/v1/webhooks/events/available");

        foreach (var type in available.Data.SelectMany(category => category.GetProperty("events").EnumerateArray()))
        {
            await client.PublishAsync(type.GetProperty("name").GetString()!, type.GetProperty("sample").GetRawText());
        }
    }
}
