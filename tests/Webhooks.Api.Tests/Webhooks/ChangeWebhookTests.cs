using System.Net;
using System.Text.Json;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Webhooks;

public sealed class ChangeWebhookTests(SharedApi api)
{
    [Fact]
    public async Task What_is_left_out_stays_as_it_is()
    {
        using var client = api.Server.ForNewOrganization();
        var created = await client.Post(
            Calls.Webhooks, """{"url":"http://127.0.0.1:9000/a","events":["user.created"],"description":"note","active":false}""");
        var path = $"{Calls.Webhooks}/{created["id"].GetString()}";

        var changed = await client.Patch(path, """{"events":["*"]}""");

        changed.MustBe(HttpStatusCode.OK);
        Assert.Equal("""["*"]""", changed["events"].GetRawText());
        Assert.Equal("http://127.0.0.1:9000/a", changed["url"].GetString());
        Assert.Equal("note", changed["description"].GetString());
        Assert.False(changed["active"].GetBoolean());
        Assert.Equal(created["created_at"].GetString(), changed["created_at"].GetString());
        Assert.True(changed["updated_at"].GetDateTimeOffset() > created["updated_at"].GetDateTimeOffset());
        Assert.True(JsonElement.DeepEquals(changed.Json, (await client.Get(path)).Json));
    }

    [Fact]
    public async Task Every_field_can_be_changed()
    {
        using var client = api.Server.ForNewOrganization();
        var path = $"{Calls.Webhooks}/{await client.CreateWebhookAsync()}";

        var changed = await client.Patch(
            path, """{"url":"http://127.0.0.1:9001/b","events":["invoice.paid"],"description":"new","active":false}""");

        Assert.Equal("http://127.0.0.1:9001/b", changed["url"].GetString());
        Assert.Equal("""["invoice.paid"]""", changed["events"].GetRawText());
        Assert.Equal("new", changed["description"].GetString());
        Assert.False(changed["active"].GetBoolean());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    public async Task Null_or_empty_clears_the_description(string description)
    {
        using var client = api.Server.ForNewOrganization();
        var created = await client.Post(Calls.Webhooks, """{"url":"http://127.0.0.1:9000","events":["*"],"description":"note"}""");

        var changed = await client.Patch($"{Calls.Webhooks}/{created["id"].GetString()}", $$"""{"description":{{description}}}""");

        Assert.Equal(JsonValueKind.Null, changed["description"].ValueKind);
    }

    [Fact]
    public async Task What_must_not_be_empty_cannot_be_cleared()
    {
        using var client = api.Server.ForNewOrganization();
        var path = $"{Calls.Webhooks}/{await client.CreateWebhookAsync()}";
        var before = await client.Get(path);

        (await client.Patch(path, """{"url":null,"events":null,"active":null,"description":"changed"}""")).MustRefuse(
            "url", "events", "active");
        (await client.Patch(path, """{"events":[],"id":"x"}""")).MustRefuse("events", "id");

        Assert.Equal(before.Text, (await client.Get(path)).Text);
    }

    [Fact]
    public async Task An_empty_change_changes_nothing()
    {
        using var client = api.Server.ForNewOrganization();
        var path = $"{Calls.Webhooks}/{await client.CreateWebhookAsync()}";
        var before = await client.Get(path);

        var changed = await client.Patch(path, "{}");

        changed.MustBe(HttpStatusCode.OK);
        Assert.Equal(before.Text, changed.Text);
    }

    [Fact]
    public async Task Deleting_answers_204_and_then_404()
    {
        using var client = api.Server.ForNewOrganization();
        var path = $"{Calls.Webhooks}/{await client.CreateWebhookAsync()}";

        var deleted = await client.Delete(path);

        Assert.Equal("", deleted.MustBe(HttpStatusCode.NoContent).Text);
        (await client.Delete(path)).MustBeProblem(HttpStatusCode.NotFound, "not-found");
        (await client.Get(path)).MustBeProblem(HttpStatusCode.NotFound, "not-found");
        (await client.Get($"{path}/deliveries")).MustBeProblem(HttpStatusCode.NotFound, "not-found");
    }
}
