using System.Text.Json.Nodes;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>The commands that operators already use, with curl as they stand; only host, ports and ids are filled in.</summary>
public sealed class CurlTests : IAsyncLifetime
{
    private Installation _installation = null!;
    private ServerProcess _server = null!;
    private Receiver _receiver = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _receiver = await Receiver.StartAsync();
        _installation = await Installation.CreateAsync(new Dictionary<string, string>());
        _server = await _installation.StartServerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _installation.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task A_webhook_is_created_listed_tested_and_has_a_history()
    {
        var created = await CurlAsync(
            """
            curl -X POST http://localhost:8084/api/v1/webhooks -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \
              -d '{"url":"http://localhost:9000/hook","events":["user.created","subscription.created"],"description":"My webhook","active":true}'
            """);
        Assert.StartsWith("whsec_", created["secret"]!.GetValue<string>(), StringComparison.Ordinal);
        var id = created["id"]!.GetValue<Guid>();

        var listed = await CurlAsync("""curl http://localhost:8084/api/v1/webhooks -H "Authorization: Bearer $TOKEN" """);
        var webhook = Assert.Single(listed["data"]!.AsArray())!;
        Assert.Equal(id, webhook["id"]!.GetValue<Guid>());
        Assert.Equal("My webhook", webhook["description"]!.GetValue<string>());
        Assert.Null(webhook["secret"]);

        await CurlAsync("""curl -X POST http://localhost:8084/api/v1/webhooks/{webhook_id}/test -H "Authorization: Bearer $TOKEN" """, id);
        var request = Assert.Single(await _receiver.WaitForAsync(1));
        Assert.Equal("/hook", request.Path);
        Assert.Equal("user.created", request.Header("X-Webhook-Event"));

        var history = await CurlAsync(
            """curl http://localhost:8084/api/v1/webhooks/{webhook_id}/deliveries -H "Authorization: Bearer $TOKEN" """, id);
        var delivery = Assert.Single(history["data"]!.AsArray())!;
        Assert.Equal(200, delivery["response_status"]!.GetValue<int>());
        Assert.Equal(request.Header("X-Webhook-Delivery"), delivery["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task Curl_without_a_content_type_creates_a_webhook_for_all_events()
    {
        var created = await CurlAsync(
            """curl -X POST http://localhost:8084/api/v1/webhooks -H "Authorization: Bearer $TOKEN" -d '{"url":"http://localhost:9000/all","events":["*"]}'""");

        Assert.Equal("*", Assert.Single(created["events"]!.AsArray())!.GetValue<string>());
        Assert.True(created["active"]!.GetValue<bool>());
    }

    private async Task<JsonNode> CurlAsync(string command, Guid webhook = default)
    {
        var filledIn = command
            .Replace("http://localhost:8084", _server.Url, StringComparison.Ordinal)
            .Replace("localhost:9000", $"localhost:{_receiver.Port}", StringComparison.Ordinal)
            .Replace("{webhook_id}", webhook.ToString(), StringComparison.Ordinal);
        return JsonNode.Parse(await Shell.RunAsync($"TOKEN={_server.CreateToken(_installation.Organization)}\n{filledIn}", Cancel))!;
    }
}
