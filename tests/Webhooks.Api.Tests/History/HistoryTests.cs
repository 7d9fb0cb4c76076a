using System.Net;
using System.Text.Json;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.History;

/// <summary><c>/deliveries</c> and <c>/events</c>: an organization's history over all webhooks.</summary>
public sealed class HistoryTests(SharedApi api)
{
    private const string Deliveries = "/api/v1/deliveries";
    private const string Events = "/api/v1/events";

    [Fact]
    public async Task Deliveries_to_all_webhooks_are_listed_as_in_the_history_of_each_also_of_a_deleted_one()
    {
        using var client = api.Server.ForNewOrganization();
        Guid[] webhooks =
        [
            await client.CreateWebhookAsync(),
            await client.CreateWebhookAsync(active: false),
            await client.CreateWebhookAsync(),
        ];
        await client.PublishAsync();
        await client.PublishAsync();
        var each = new List<JsonElement>();
        foreach (var webhook in webhooks)
        {
            each.AddRange((await client.Get($"{Calls.Webhooks}/{webhook}/deliveries")).Data);
        }

        var list = (await client.Get(Deliveries)).MustBe(HttpStatusCode.OK);
        (await client.Delete($"{Calls.Webhooks}/{webhooks[1]}")).MustBe(HttpStatusCode.NoContent);
        var afterwards = await client.Get(Deliveries);

        Assert.Equal(
            each.OrderByDescending(Id, StringComparer.Ordinal).Select(delivery => delivery.GetRawText()),
            list.Data.Select(delivery => delivery.GetRawText()));
        Assert.Equal(JsonValueKind.Null, list["next_cursor"].ValueKind);
        Assert.Equal(list.Text, afterwards.Text);
    }

    [Fact]
    public async Task Pages_follow_each_other_until_the_cursor_is_null()
    {
        using var client = api.Server.ForNewOrganization();
        await client.CreateWebhookAsync();
        await client.CreateWebhookAsync();
        var published = new List<string>();
        for (var number = 0; number < 5; number++)
        {
            published.Add((await client.PublishAsync()).ToString());
        }

        var deliveries = await ReadAllAsync(client, $"{Deliveries}?limit=3");
        var events = await ReadAllAsync(client, $"{Events}?limit=2");

        Assert.Equal(10, deliveries.Distinct().Count());
        Assert.Equal(deliveries.OrderDescending(StringComparer.Ordinal), deliveries);
        Assert.Equal(published.OrderDescending(StringComparer.Ordinal), events);
    }

    [Fact]
    public async Task Filters_select_deliveries_and_events_that_have_such_a_delivery()
    {
        using var client = api.Server.ForNewOrganization();
        await client.CreateWebhookAsync();
        await client.CreateWebhookAsync(active: false);
        await client.CreateWebhookAsync(events: "invoice.paid", active: false);
        var user = await client.PublishAsync();
        var invoice = await client.PublishAsync("invoice.paid");

        Assert.Equal(2, (await client.Get($"{Deliveries}?status=skipped")).Data.Count);
        Assert.Equal("invoice.paid", Assert.Single(
            (await client.Get($"{Deliveries}?event=invoice.paid")).Data).GetProperty("event").GetString());
        Assert.Empty((await client.Get($"{Deliveries}?status=failed")).Data);
        Assert.Equal([invoice, user], (await client.Get($"{Events}?status=skipped")).Data.Select(Guids));
        Assert.Equal([user], (await client.Get($"{Events}?status=pending")).Data.Select(Guids));
        Assert.Equal([invoice], (await client.Get($"{Events}?event=invoice.paid")).Data.Select(Guids));
        Assert.Empty((await client.Get($"{Events}?to=2000-01-01T00:00:00Z")).Data);
        Assert.Equal(2, (await client.Get($"{Events}?from=2000-01-01T00:00:00Z")).Data.Count);

        static Guid Guids(JsonElement item) => item.GetProperty("id").GetGuid();
    }

    [Fact]
    public async Task A_delivery_is_found_by_its_id_alone()
    {
        using var client = api.Server.ForNewOrganization();
        var webhooks = new[] { await client.CreateWebhookAsync(), await client.CreateWebhookAsync() };
        await client.PublishAsync();
        var delivery = Assert.Single((await client.Get($"{Calls.Webhooks}/{webhooks[1]}/deliveries")).Data);
        var id = delivery.GetProperty("id").GetString()!;

        var found = (await client.Get($"{Deliveries}?id={id.ToUpperInvariant()}")).MustBe(HttpStatusCode.OK);

        Assert.Equal(delivery.GetRawText(), Assert.Single(found.Data).GetRawText());
        Assert.Empty((await client.Get($"{Deliveries}?id={id}&status=failed")).Data);
        Assert.Empty((await client.Get($"{Deliveries}?id={webhooks[1]}")).Data);
        (await client.Get($"{Deliveries}?id={id[1..]}")).MustBe(HttpStatusCode.BadRequest);
        using var another = api.Server.ForNewOrganization();
        await another.CreateWebhookAsync();
        Assert.Empty((await another.Get($"{Deliveries}?id={id}")).Data);
    }

    [Fact]
    public async Task An_event_is_listed_with_counts_and_shown_with_its_deliveries()
    {
        using var client = api.Server.ForNewOrganization();
        var active = await client.CreateWebhookAsync();
        await client.CreateWebhookAsync(active: false);
        var id = await client.PublishAsync(data: """{"amount":12345678901234567890.10}""");

        var listed = Assert.Single((await client.Get(Events)).MustBe(HttpStatusCode.OK).Data);
        var shown = (await client.Get($"{Events}/{id}")).MustBe(HttpStatusCode.OK);

        Assert.Equal(id, listed.GetProperty("id").GetGuid());
        Assert.Equal(
            """{"pending":1,"succeeded":0,"failed":0,"canceled":0,"skipped":1}""", listed.GetProperty("deliveries").GetRawText());
        Assert.False(listed.GetProperty("test").GetBoolean());
        Assert.Equal("user.created", shown["event"].GetString());
        Assert.Equal("""{"amount": 12345678901234567890.10}""", shown["data"].GetRawText());
        Assert.EndsWith("Z", shown["timestamp"].GetString(), StringComparison.Ordinal);
        Assert.Equal(listed.GetProperty("created_at").GetRawText(), shown["created_at"].GetRawText());
        var own = Assert.Single((await client.Get($"{Calls.Webhooks}/{active}/deliveries")).Data);
        Assert.Equal(2, shown["deliveries"].GetArrayLength());
        Assert.Contains(own.GetRawText(), shown["deliveries"].EnumerateArray().Select(delivery => delivery.GetRawText()));
    }

    [Fact]
    public async Task A_test_delivery_is_an_event_too_and_says_so()
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync("http://127.0.0.1:1024/");
        var test = await client.Post($"{Calls.Webhooks}/{webhook}/test");

        var listed = Assert.Single((await client.Get(Events)).Data);

        Assert.Equal(test["event_id"].GetString(), listed.GetProperty("id").GetString());
        Assert.True(listed.GetProperty("test").GetBoolean());
        Assert.True((await client.Get($"{Events}/{test["event_id"].GetString()}"))["test"].GetBoolean());
    }

    [Fact]
    public async Task An_event_of_another_organization_or_that_nobody_wanted_is_not_found_like_one_that_never_was()
    {
        using var owner = api.Server.ForNewOrganization();
        using var other = api.Server.ForNewOrganization();
        await owner.CreateWebhookAsync();
        await other.CreateWebhookAsync(events: "invoice.paid");
        var id = await owner.PublishAsync();
        var unwanted = await other.PublishAsync();

        var foreign = await other.Get($"{Events}/{id}");
        var nobodys = await other.Get($"{Events}/{Guid.NewGuid()}");

        Assert.Equal(
            nobodys.TextOfAnyRequest, foreign.MustBeProblem(HttpStatusCode.NotFound, "not-found").TextOfAnyRequest);
        Assert.Equal(nobodys.TextOfAnyRequest, (await other.Get($"{Events}/{unwanted}")).TextOfAnyRequest);
        Assert.Empty((await other.Get(Events)).Data);
        Assert.Empty((await other.Get(Deliveries)).Data);
        var cursor = (await owner.Get($"{Events}?limit=1&to=9999-12-31T23:59:59Z"))["next_cursor"];
        Assert.Equal(JsonValueKind.Null, cursor.ValueKind);
    }

    [Theory]
    [InlineData("status=done", "status")]
    [InlineData("event=user.creatd", "event")]
    [InlineData("response_status=99", "response_status")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from")]
    [InlineData("limit=101", "limit")]
    [InlineData("cursor=!", "cursor")]
    [InlineData("cursor=AAAA", "cursor")]
    [InlineData("order=arrival", "order")]
    [InlineData("webhook_id=1", "webhook_id")]
    public async Task A_query_parameter_that_cannot_be_used_is_refused(string query, string field)
    {
        using var client = api.Server.ForNewOrganization();

        (await client.Get($"{Deliveries}?{query}")).MustRefuse(field);
        (await client.Get($"{Events}?{query}")).MustRefuse(field);
    }

    private static string Id(JsonElement item) => item.GetProperty("id").GetString()!;

    private static async Task<IReadOnlyList<string>> ReadAllAsync(HttpClient client, string path)
    {
        var seen = new List<string>();
        for (var cursor = ""; cursor is not null;)
        {
            var page = (await client.Get($"{path}&cursor={cursor}")).MustBe(HttpStatusCode.OK);
            seen.AddRange(page.Data.Select(Id));
            cursor = page["next_cursor"].GetString();
        }

        return seen;
    }
}
