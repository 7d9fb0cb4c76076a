using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Webhooks.Client.Publishing;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>What operators see of an organization, allow it, and do to it.</summary>
[Trait("Host", "both")]
public sealed class OperatorTests : PublishingTest
{
    private HttpClient _owner = null!;
    private HttpClient _operator = null!;

    private string Organization => $"/api/v1/organizations/{Installation.Organization}";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _owner = Server.CreateClient(Installation.Organization);
        _operator = Server.CreateOperatorClient();
    }

    public override async ValueTask DisposeAsync()
    {
        _owner.Dispose();
        _operator.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Who_changed_a_webhook_what_and_when_is_on_record()
    {
        var webhook = await Api.RegisterAsync(Receiver.Url, "user.created");
        await Api.ChangeAsync(webhook.Id, new { events = new[] { "user.*" } });
        await Api.RotateSecretAsync(webhook.Id);
        await Api.DeleteAsync(webhook.Id);

        var entries = (await GetAsync(_owner, $"/api/v1/audit?webhook_id={webhook.Id}"))["data"]!.AsArray();

        Assert.Equal(
            ["webhook.deleted", "secret.rotated", "webhook.updated", "webhook.created"],
            entries.Select(entry => (string)entry!["action"]!));
        Assert.All(entries, entry => Assert.Equal("user", (string)entry!["actor"]!["kind"]!));
        Assert.Equal(
            """[{"field":"events","before":["user.created"],"after":["user.*"]}]""", entries[2]!["changes"]!.ToJsonString());
        Assert.DoesNotContain(webhook.Secret, entries.ToJsonString(), StringComparison.Ordinal);
        using var others = Server.CreateClient(Guid.NewGuid());
        Assert.Empty((await GetAsync(others, "/api/v1/audit"))["data"]!.AsArray());
    }

    [Fact]
    public async Task What_an_organization_publishes_beyond_its_limit_is_refused_over_HTTP_and_waits_in_the_queue()
    {
        await Api.RegisterAsync(Receiver.Url, "*");
        await LimitAsync(new { per_second = 0.5, burst = 2 });

        HttpResponseMessage? refused = null;
        var accepted = 0;
        await Eventually.HoldsAsync(
            async () =>
            {
                var answer = await _owner.PostAsJsonAsync("/api/v1/events", new { @event = "user.created", data = new { } }, Cancel);
                accepted += answer.StatusCode == HttpStatusCode.Accepted ? 1 : 0;
                refused = answer;
                return answer.StatusCode == HttpStatusCode.TooManyRequests;
            },
            () => $"All of {accepted} are accepted.",
            Cancel);
        Assert.InRange(refused!.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 2);
        refused.Dispose();
        var queue = new QueuePublisher(Queue.ConnectionString);
        var queued = new HashSet<string>();
        for (var number = 0; number < 4; number++)
        {
            queued.Add(await queue.PublishAsync(Installation.Organization, "user.created", new { number }, Cancel));
        }

        await Receiver.WaitForAsync(
            requests => requests.Count >= accepted + queued.Count
                && queued.IsSubsetOf(requests.Select(request => request.Header("webhook-id")!)));
        await LimitAsync(null);
    }

    [Fact]
    public async Task An_erased_organization_leaves_nothing_but_the_report_and_gets_nothing_more()
    {
        var webhook = await Api.RegisterAsync(Receiver.Url, "*");
        await Api.PublishAsync(1, Cancel);
        await Api.WaitForHistoryAsync(webhook.Id, history => history is [var one] && (string)one["status"]! == "succeeded", Cancel);
        Assert.Equal(1, (int)(await GetAsync(_operator, Organization))["webhooks"]!);
        Assert.Equal(HttpStatusCode.Forbidden, (await _owner.DeleteAsync(Organization, Cancel)).StatusCode);

        (await _operator.DeleteAsync(Organization, Cancel)).EnsureSuccessStatusCode();

        JsonNode? organization = null;
        await Eventually.HoldsAsync(
            async () => (string)(organization = await GetAsync(_operator, Organization))["erasure"]!["state"]! == "finished",
            () => $"It is not finished: {organization}",
            Cancel);
        Assert.Equal(1, (int)organization!["erasure"]!["rows"]!["webhooks"]!);
        Assert.Equal(1, (int)organization["erasure"]!["rows"]!["webhook_deliveries"]!);
        using var late = await _owner.PostAsJsonAsync("/api/v1/events", new { @event = "user.created", data = new { } }, Cancel);
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Empty((await GetAsync(_owner, "/api/v1/webhooks"))["data"]!.AsArray());
        Assert.Single(Receiver.Requests);
    }

    private async Task LimitAsync(object? rate)
    {
        using var answer = await _operator.PatchAsJsonAsync(Organization, new { publish_rate = rate }, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<JsonNode> GetAsync(HttpClient client, string path) =>
        (await client.GetFromJsonAsync<JsonNode>(path, Cancel))!;
}
