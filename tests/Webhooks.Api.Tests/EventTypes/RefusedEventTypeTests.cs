using System.Text.Json;
using System.Text.Json.Nodes;
using Webhooks.Api.Authentication;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.EventTypes;

/// <summary>Event types and documents of them that are refused, so that nothing is changed.</summary>
public sealed class RefusedEventTypeTests(SharedApi api) : IDisposable
{
    private const string EventTypes = "/api/v1/event-types";

    private readonly HttpClient _client = api.Server.For(Guid.NewGuid(), Scopes.WriteEventTypes);

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("\"name\":\"Order.Shipped\"", "name")]
    [InlineData("\"name\":\"order\"", "name")]
    [InlineData("\"name\":\"order.shipped\\n\"", "name")]
    [InlineData("\"name\":\"order.*\"", "name")]
    [InlineData("\"name\":\"webhook.disabled\"", "name")]
    [InlineData("\"name\":7", "name")]
    [InlineData("\"category\":null", "category")]
    [InlineData("\"category\":\"a\\u0000\"", "category")]
    [InlineData("\"sample\":[]", "sample")]
    [InlineData("\"sample\":{\"a\":\"\\u0000\"}", "sample.a")]
    [InlineData("\"sample\":{\"a\":1,\"a\":2}", "sample.a")]
    [InlineData("\"schema\":7", "schema")]
    [InlineData("\"schema\":{\"type\":\"nonsense\"}", "schema")]
    [InlineData("\"schema\":{\"$ref\":\"https://example.com/s\"}", "schema")]
    [InlineData("\"schema\":{\"required\":[\"id\"]},\"sample\":{\"no\":1}", "sample")]
    [InlineData("\"validate\":true", "validate")]
    [InlineData("\"validate\":\"yes\"", "validate")]
    [InlineData("\"color\":\"red\"", "color")]
    public async Task What_a_type_cannot_be_is_refused_by_field(string member, string field)
    {
        var type = new JsonObject { ["name"] = "order.shipped", ["category"] = "Order", ["description"] = "An order left." };
        var given = $"{{{member}}}";
        var names = JsonDocument.Parse(given).RootElement.EnumerateObject().Select(item => item.Name).ToHashSet();
        var rest = string.Join(
            ',', type.Where(item => !names.Contains(item.Key)).Select(item => $"\"{item.Key}\":{item.Value!.ToJsonString()}"));

        (await _client.Post(EventTypes, rest.Length > 0 ? $"{{{rest},{member}}}" : given)).MustRefuse(field);
    }

    [Theory]
    [InlineData("""{"openapi":"3.0.3","webhooks":{}}""", "openapi")]
    [InlineData("""{"openapi":"3.1.0"}""", "webhooks")]
    [InlineData("""{"openapi":"3.1.0","webhooks":{}}""", "event_types")]
    [InlineData("""{"openapi":"3.1.0","webhooks":{"Order Placed":{"post":{}}}}""", "webhooks.Order Placed.name")]
    [InlineData(
        """
        {"openapi":"3.1.0","webhooks":{"order.placed":{"post":{"requestBody":{"content":{"application/json":{"schema":
          {"$ref":"#/components/schemas/Nowhere"}}}}}}}}
        """,
        "webhooks.order.placed.schema")]
    [InlineData("""{"event_types":[]}""", "event_types")]
    [InlineData("""{"event_types":{}}""", "event_types")]
    [InlineData("""{"event_types":[7]}""", "event_types[0]")]
    [InlineData("""{"types":[]}""", "event_types types")]
    public async Task A_document_that_cannot_be_imported_is_refused_by_field(string document, string fields) =>
        (await _client.Post($"{EventTypes}/import", document)).MustRefuse(fields.Contains("Order Placed", StringComparison.Ordinal)
            ? [fields]
            : fields.Split(' '));
}
