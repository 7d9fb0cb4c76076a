using System.Net;
using System.Text.Json;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Webhooks;

/// <summary><c>keep_skipped</c>, and what it keeps.</summary>
public sealed class KeepSkippedTests(SharedApi api)
{
    [Theory]
    [InlineData("", true)]
    [InlineData(""","keep_skipped":true""", true)]
    [InlineData(""","keep_skipped":false""", false)]
    public async Task A_webhook_keeps_what_it_misses_unless_said_otherwise(string more, bool keeps)
    {
        using var client = api.Server.ForNewOrganization();

        var created = (await CreateAsync(client, more)).MustBe(HttpStatusCode.Created);

        var path = $"{Calls.Webhooks}/{created["id"].GetString()}";
        JsonElement[] answers =
        [
            created.Json,
            (await client.Get(path)).Json,
            (await client.Get(Calls.Webhooks)).Data.Single(),
            (await client.Patch(path, """{"description":"other"}""")).Json,
        ];
        Assert.All(answers, answer => Assert.Equal(keeps, answer.GetProperty("keep_skipped").GetBoolean()));
    }

    [Fact]
    public async Task Whether_it_keeps_them_can_be_changed_and_holds_from_the_next_event()
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync(active: false);
        var path = $"{Calls.Webhooks}/{webhook}";
        var kept = await client.PublishAsync();

        var changed = (await client.Patch(path, """{"keep_skipped":false}""")).MustBe(HttpStatusCode.OK);
        await client.PublishAsync();

        Assert.False(changed["keep_skipped"].GetBoolean());
        Assert.False(changed["active"].GetBoolean());
        var delivery = Assert.Single((await client.Get($"{path}/deliveries")).Data);
        Assert.Equal("skipped", delivery.GetProperty("status").GetString());
        Assert.Equal(kept, delivery.GetProperty("event_id").GetGuid());
        Assert.Equal(0, delivery.GetProperty("attempt_number").GetInt32());
        Assert.Equal(JsonValueKind.Null, delivery.GetProperty("next_attempt_at").ValueKind);
        Assert.True((await client.Patch(path, """{"keep_skipped":true}"""))["keep_skipped"].GetBoolean());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"yes\"")]
    [InlineData("1")]
    [InlineData("[]")]
    public async Task Anything_but_true_or_false_is_refused_and_changes_nothing(string value)
    {
        using var client = api.Server.ForNewOrganization();
        (await CreateAsync(client, $$""","keep_skipped":{{value}}""")).MustRefuse("keep_skipped");
        Assert.Empty((await client.Get(Calls.Webhooks)).Data);

        var webhook = await client.CreateWebhookAsync();
        var before = await client.Get($"{Calls.Webhooks}/{webhook}");
        (await client.Patch($"{Calls.Webhooks}/{webhook}", $$"""{"description":"other","keep_skipped":{{value}}}"""))
            .MustRefuse("keep_skipped");
        Assert.Equal(before.Text, (await client.Get($"{Calls.Webhooks}/{webhook}")).Text);
    }

    [Fact]
    public async Task A_publishing_counts_what_will_be_delivered_and_not_what_is_only_kept()
    {
        using var client = api.Server.ForNewOrganization();
        await client.CreateWebhookAsync();
        await client.CreateWebhookAsync(active: false);

        var published = await client.Post("/api/v1/events", """{"event":"user.created","data":{},"id":"order-17"}""");
        var again = await client.Post("/api/v1/events", """{"event":"user.created","data":{},"id":"order-17"}""");

        Assert.Equal(1, published.MustBe(HttpStatusCode.Accepted)["deliveries"].GetInt32());
        Assert.Equal(published.Text, again.Text);
    }

    /// <param name="client">The organization's.</param>
    /// <param name="more">Fields, each with a comma before it.</param>
    private static Task<Answer> CreateAsync(HttpClient client, string more) =>
        client.Post(Calls.Webhooks, $$"""{"url":"http://127.0.0.1:9000/hook","events":["*"]{{more}}}""");
}
