using System.Text.Json.Nodes;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>What happens to a webhook is told to another.</summary>
[Trait("Host", "both")]
public sealed class OperationalEventTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_change_of_a_webhook_is_told_once_also_when_the_server_is_killed_right_after_it()
    {
        const int Changes = 4;
        await using var receiver = await Receiver.StartAsync();
        await using var installation = await Installation.CreateAsync(new Dictionary<string, string>
        {
            ["Webhooks__AttemptTimeout"] = "00:00:02",
        });
        var server = await installation.StartServerAsync();
        var api = installation.Api(server);
        var changed = await api.RegisterAsync($"{receiver.Url}/changed", "*");
        var watcher = await api.RegisterAsync($"{receiver.Url}/watcher", "webhook.disabled", "webhook.enabled");

        for (var count = 0; count < Changes; count++)
        {
            await api.ChangeAsync(changed.Id, new { active = count % 2 == 1 });
            await server.KillAsync();
            api.Dispose();
            server = await installation.StartServerAsync();
            api = installation.Api(server);
        }

        using (api)
        {
            var told = await api.WaitForHistoryAsync(
                watcher.Id, history => history.Count(IsSucceeded) >= Changes, Cancel);
            Assert.Equal(Changes, told.Count);
            Assert.Equal(Changes / 2, told.Count(delivery => delivery["event"]!.GetValue<string>() == "webhook.disabled"));
        }

        var requests = receiver.Requests.Where(request => request.Path == "/watcher").ToList();
        Assert.Equal(Changes, requests.Select(request => request.Header("webhook-id")).Distinct().Count());
        Assert.All(requests, request => Assert.Equal(
            changed.Id, JsonNode.Parse(request.Text)!["data"]!["webhook_id"]!.GetValue<Guid>()));
    }

    private static bool IsSucceeded(JsonNode delivery) => delivery["status"]!.GetValue<string>() == "succeeded";
}
