using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Webhooks.Client.Publishing;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>Event types of the platform's own.</summary>
[Trait("Host", "both")]
public sealed class EventTypeTests : PublishingTest
{
    private const string EventTypes = "/api/v1/event-types";

    [Fact]
    public async Task A_type_that_an_operator_makes_is_published_both_ways_held_against_its_schema_and_on_record()
    {
        using var operators = Server.CreateOperatorClient();
        using var publisher = Server.CreateClient(Installation.Organization);
        using var made = await operators.PostAsJsonAsync(
            EventTypes,
            new
            {
                name = "order.shipped",
                category = "Order",
                description = "An order left.",
                sample = new { id = "ord_1" },
                schema = new { required = new[] { "id" } },
                validate = true,
            },
            Cancel);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        await Api.RegisterAsync(Receiver.Url, "order.*");

        using var refused = await publisher.PostAsJsonAsync("/api/v1/events", new { @event = "order.shipped", data = new { } }, Cancel);
        using var accepted = await publisher.PostAsJsonAsync(
            "/api/v1/events", new { @event = "order.shipped", data = new { id = "ord_2" } }, Cancel);
        await new QueuePublisher(Queue.ConnectionString).PublishAsync(
            Installation.Organization, "order.shipped", new { Id = "ord_3" }, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.NotNull((await refused.Content.ReadFromJsonAsync<JsonNode>(Cancel))!["errors"]!["data"]);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        var requests = await Receiver.WaitForAsync(2);
        Assert.Equal(
            ["ord_2", "ord_3"], requests.Select(request => (string)JsonNode.Parse(request.Body)!["data"]!["id"]!).Order());
        using var archived = await operators.PatchAsJsonAsync($"{EventTypes}/order.shipped", new { archived = true }, Cancel);
        Assert.Equal(HttpStatusCode.OK, archived.StatusCode);
        var offered = await publisher.GetStringAsync("/api/v1/webhooks/events/available", Cancel);
        Assert.DoesNotContain("order.shipped", offered, StringComparison.Ordinal);
        operators.DefaultRequestHeaders.Add("Webhooks-Organization", Guid.Empty.ToString());
        var entries = (await operators.GetFromJsonAsync<JsonNode>("/api/v1/audit", Cancel))!["data"]!.AsArray();
        Assert.Equal(["event_type.updated", "event_type.created"], entries.Select(entry => (string)entry!["action"]!));
    }
}
