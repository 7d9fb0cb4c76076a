using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>A program that has an API key, from its making to its end.</summary>
[Trait("Host", "both")]
public sealed class ApiKeyTests : IAsyncLifetime
{
    private const string Keys = "/api/v1/api-keys";

    private Installation _installation = null!;
    private ServerProcess _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _installation = await Installation.CreateAsync(new Dictionary<string, string>());
        _server = await _installation.StartServerAsync();
    }

    public ValueTask DisposeAsync() => _installation.DisposeAsync();

    [Fact]
    public async Task A_program_with_a_key_registers_and_publishes_until_the_key_is_revoked()
    {
        await using var receiver = await Receiver.StartAsync();
        using var owner = _server.CreateClient(Guid.NewGuid());
        var made = await MakeAsync(owner, "webhooks:read", "webhooks:write", "events:publish");
        using var program = Client(made);
        using var api = new WebhooksApi(Client(made));
        var webhook = await api.RegisterAsync(receiver.Url, "*");

        await api.PublishAsync(1, Cancel);

        await api.WaitForHistoryAsync(
            webhook.Id, history => history is [var one] && one["status"]!.GetValue<string>() == "succeeded", Cancel);
        using var wider = await program.PostAsJsonAsync(Keys, new { name = "Wider", scopes = new[] { "admin" } }, Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, wider.StatusCode);
        using var child = Client(await MakeAsync(program, "webhooks:read"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(child));

        using var revoked = await owner.DeleteAsync($"{Keys}/{made["id"]}", Cancel);

        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        foreach (var client in (HttpClient[])[program, child])
        {
            await Eventually.HoldsAsync(
                async () => await StatusAsync(client) == HttpStatusCode.Unauthorized, () => "the key is accepted", Cancel);
        }

        Assert.Empty((await owner.GetFromJsonAsync<JsonNode>(Keys, Cancel))!["data"]!.AsArray());
        Assert.DoesNotContain(made["key"]!.GetValue<string>()[26..59], _server.Log, StringComparison.Ordinal);
    }

    private static async Task<JsonNode> MakeAsync(HttpClient client, params string[] scopes)
    {
        using var answer = await client.PostAsJsonAsync(Keys, new { name = "Program", scopes }, Cancel);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client)
    {
        using var answer = await client.GetAsync("/api/v1/webhooks", Cancel);
        return answer.StatusCode;
    }

    private HttpClient Client(JsonNode made) => new()
    {
        BaseAddress = new Uri(_server.Url),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", made["key"]!.GetValue<string>()) },
    };
}
