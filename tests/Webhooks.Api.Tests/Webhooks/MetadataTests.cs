using System.Net;
using System.Text.Json;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Webhooks;

/// <summary>The labels that an organization gives its webhooks.</summary>
public sealed class MetadataTests(SharedApi api) : IAsyncLifetime
{
    private readonly HttpClient _client = api.Server.ForNewOrganization();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Metadata_is_set_shown_told_in_the_audit_replaced_and_taken_away()
    {
        var created = (await CreateAsync("""{"team":"billing","stage":"prod"}""")).MustBe(HttpStatusCode.Created);
        var webhook = $"{Calls.Webhooks}/{created["id"]}";
        var kept = (await _client.Patch(webhook, """{"description":"x"}""")).MustBe(HttpStatusCode.OK);
        var changed = (await _client.Patch(webhook, """{"metadata":{"team":"core"}}""")).MustBe(HttpStatusCode.OK);
        var cleared = (await _client.Patch(webhook, """{"metadata":null}""")).MustBe(HttpStatusCode.OK);

        Assert.Equal("prod", created["metadata"].GetProperty("stage").GetString());
        Assert.Equal(created["metadata"].GetRawText(), kept["metadata"].GetRawText());
        Assert.Equal("""{"team":"core"}""", changed["metadata"].GetRawText());
        Assert.Equal("{}", cleared["metadata"].GetRawText());
        var told = (await _client.Get("/api/v1/audit?action=webhook.updated")).Data;
        Assert.Equal(["metadata", "metadata", "description"], told.Select(
            entry => entry.GetProperty("changes")[0].GetProperty("field").GetString()));
    }

    [Fact]
    public async Task The_list_has_those_with_all_labels_that_are_asked_for()
    {
        var billing = (await CreateAsync("""{"team":"billing","stage":"prod","a.b c":"x&y"}"""))["id"].GetGuid();
        var core = (await CreateAsync("""{"team":"core","stage":"prod"}"""))["id"].GetGuid();
        await _client.CreateWebhookAsync();

        Assert.Equal([core, billing], await ListAsync("metadata.stage=prod"));
        Assert.Equal([billing], await ListAsync("metadata.stage=prod&metadata.team=billing"));
        Assert.Equal([billing], await ListAsync("metadata.a.b%20c=x%26y"));
        Assert.Empty(await ListAsync("metadata.stage=test"));
        Assert.Empty(await ListAsync("metadata.stage="));
        (await _client.Get($"{Calls.Webhooks}?metadata=prod")).MustRefuse("metadata");
        (await _client.Get($"{Calls.Webhooks}?metadata.=prod")).MustRefuse("metadata.");
        (await _client.Get($"{Calls.Webhooks}?metadata.a=1&metadata.a=2")).MustRefuse("metadata.a");
        (await _client.Get($"{Calls.Webhooks}?metadata.a=%00")).MustRefuse("metadata.a");
    }

    [Fact]
    public async Task Another_organizations_webhooks_are_not_among_them()
    {
        await CreateAsync("""{"team":"billing"}""");
        using var other = api.Server.ForNewOrganization();

        Assert.Empty((await other.Get($"{Calls.Webhooks}?metadata.team=billing")).Data);
    }

    [Fact]
    public async Task What_cannot_be_kept_is_refused_with_the_place()
    {
        (await CreateAsync("""{"a":1,"b":null}""")).MustRefuse("metadata.a", "metadata.b");
        (await CreateAsync("""{"":"x"}""")).MustRefuse("metadata.");
        (await CreateAsync("""{"a":"x\u0000"}""")).MustRefuse("metadata.a");
        (await CreateAsync("""{"a":"1","a":"2"}""")).MustRefuse("metadata.a");
        (await CreateAsync("[]")).MustRefuse("metadata");
        (await CreateAsync(Many(20, 500))).MustBe(HttpStatusCode.Created);
        (await CreateAsync(Many(21, 1))).MustRefuse("metadata");
        (await CreateAsync(Many(1, 501))).MustRefuse("metadata.k0");

        static string Many(int count, int length) =>
            JsonSerializer.Serialize(Enumerable.Range(0, count).ToDictionary(number => $"k{number}", _ => new string('v', length)));
    }

    private async Task<IEnumerable<Guid>> ListAsync(string query) =>
        (await _client.Get($"{Calls.Webhooks}?{query}")).MustBe(HttpStatusCode.OK).Data.Select(item => item.GetProperty("id").GetGuid());

    private Task<Answer> CreateAsync(string metadata) => _client.Post(
        Calls.Webhooks, $$"""{"url":"http://127.0.0.1:9000/hook","events":["user.created"],"metadata":{{metadata}} }""");
}
