using System.Net;
using System.Text.Json;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Webhooks;

public sealed class ListWebhooksTests(SharedApi api)
{
    [Fact]
    public async Task An_organization_without_webhooks_has_an_empty_list()
    {
        using var client = api.Server.ForNewOrganization();

        var list = await client.Get(Calls.Webhooks);

        Assert.Equal("""{"data":[],"next_cursor":null}""", list.MustBe(HttpStatusCode.OK).Text);
    }

    [Fact]
    public async Task Pages_follow_each_other_newest_first_until_the_cursor_is_null()
    {
        using var client = api.Server.ForNewOrganization();
        var created = new List<Guid>();
        for (var number = 0; number < 5; number++)
        {
            created.Add(await client.CreateWebhookAsync());
        }

        var seen = new List<Guid>();
        var pages = 0;
        for (var cursor = ""; cursor is not null; pages++)
        {
            var page = (await client.Get($"{Calls.Webhooks}?limit=2&cursor={cursor}")).MustBe(HttpStatusCode.OK);
            seen.AddRange(page.Data.Select(webhook => webhook.GetProperty("id").GetGuid()));
            cursor = page["next_cursor"].GetString();
        }

        Assert.Equal(created.AsEnumerable().Reverse(), seen);
        Assert.Equal(3, pages);
    }

    [Theory]
    [InlineData("active=true", "all user")]
    [InlineData("active=false", "billing")]
    [InlineData("event=user.created", "all user")]
    [InlineData("event=invoice.paid", "all billing")]
    [InlineData("event=invoice.paid&active=true", "all")]
    [InlineData("url=%2FBILL", "billing")]
    [InlineData("url=%25", "")]
    [InlineData("url=127.0.0.1", "all billing user")]
    public async Task Filters_select(string query, string expected)
    {
        using var client = api.Server.ForNewOrganization();
        await client.CreateWebhookAsync("http://127.0.0.1:9000/user", "user.created");
        await client.CreateWebhookAsync("http://127.0.0.1:9000/billing", "invoice.paid,payment.failed", active: false);
        await client.CreateWebhookAsync("http://127.0.0.1:9000/all", "*");

        var list = (await client.Get($"{Calls.Webhooks}?{query}")).MustBe(HttpStatusCode.OK);

        var names = list.Data.Select(webhook => new Uri(webhook.GetProperty("url").GetString()!).AbsolutePath[1..]);
        Assert.Equal(expected, string.Join(' ', names.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("limit=", "limit")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("cursor=xyz", "cursor")]
    [InlineData("cursor=null", "cursor")]
    [InlineData("cursor=AAAAAAAAAAAAAAAAAAAAAAA", "cursor")]
    [InlineData("cursor=%C3%A4%C3%A4", "cursor")]
    [InlineData("active=yes", "active")]
    [InlineData("active=True", "active")]
    [InlineData("event=user.creatd", "event")]
    [InlineData("event=*", "event")]
    [InlineData("url=a%00b", "url")]
    [InlineData("stauts=pending", "stauts")]
    public async Task A_query_parameter_that_cannot_be_used_is_refused(string query, string field)
    {
        using var client = api.Server.ForNewOrganization();

        var refused = await client.Get($"{Calls.Webhooks}?{query}");

        refused.MustRefuse(field);
        Assert.NotEmpty(refused.Errors(field));
    }

    [Fact]
    public async Task An_unknown_query_parameter_is_answered_with_the_known_ones()
    {
        using var client = api.Server.ForNewOrganization();

        var refused = await client.Get($"{Calls.Webhooks}?actve=true&limit=1000");

        refused.MustRefuse("actve", "limit");
        Assert.Contains("active, event, url, metadata.KEY, limit, cursor", refused.Errors("actve").Single(), StringComparison.Ordinal);
        Assert.Contains("1 to 100", refused.Errors("limit").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_webhook_is_not_listed()
    {
        using var client = api.Server.ForNewOrganization();
        var id = await client.CreateWebhookAsync();

        await client.Delete($"{Calls.Webhooks}/{id}");

        Assert.Empty((await client.Get(Calls.Webhooks)).Data);
    }

    [Fact]
    public async Task Items_are_shown_as_a_single_webhook_is()
    {
        using var client = api.Server.ForNewOrganization();
        var id = await client.CreateWebhookAsync();

        var list = await client.Get(Calls.Webhooks);
        var single = await client.Get($"{Calls.Webhooks}/{id}");

        Assert.True(JsonElement.DeepEquals(single.Json, list.Data.Single()));
    }
}
