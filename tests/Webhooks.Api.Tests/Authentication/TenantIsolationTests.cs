using System.Net;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Api.Tests.Authentication;

public sealed class TenantIsolationTests(SharedApi api)
{
    [Fact]
    public async Task Another_organizations_webhook_is_answered_like_one_that_never_was()
    {
        await using var receiver = await Receiver.StartAsync();
        using var owner = api.Server.ForNewOrganization();
        using var other = api.Server.ForNewOrganization();
        var webhook = $"{Calls.Webhooks}/{await owner.CreateWebhookAsync(receiver.Url)}";
        var eventId = await owner.PublishAsync();
        var delivery = (await owner.Get($"{webhook}/deliveries")).Data.Single().GetProperty("id").GetString();
        var before = await owner.Get(webhook);

        (HttpMethod Method, string Path, string? Body)[] calls =
        [
            (HttpMethod.Get, "", null),
            (HttpMethod.Patch, "", """{"active":false}"""),
            (HttpMethod.Patch, "", "{}"),
            (HttpMethod.Delete, "", null),
            (HttpMethod.Post, "/test", null),
            (HttpMethod.Post, "/secret/rotate", null),
            (HttpMethod.Post, "/secret/promote", null),
            (HttpMethod.Delete, "/secret/previous", null),
            (HttpMethod.Get, "/deliveries", null),
            (HttpMethod.Get, $"/explain?event_id={eventId}", null),
            (HttpMethod.Get, $"/deliveries/{delivery}", null),
        ];
        foreach (var (method, path, body) in calls)
        {
            var foreign = await other.CallAsync(method, webhook + path, body);
            var nobodys = await other.CallAsync(method, $"{Calls.Webhooks}/{Guid.NewGuid()}{path}", body);
            foreign.MustBeProblem(HttpStatusCode.NotFound, "not-found");
            Assert.Equal(nobodys.TextOfAnyRequest, foreign.TextOfAnyRequest);
        }

        Assert.Empty(receiver.Requests);
        Assert.Equal(before.Text, (await owner.Get(webhook)).Text);
        Assert.Empty((await other.Get(Calls.Webhooks)).Data);
    }

    [Fact]
    public async Task A_delivery_is_not_found_under_another_webhook_of_either_organization()
    {
        using var owner = api.Server.ForNewOrganization();
        using var other = api.Server.ForNewOrganization();
        var webhook = await owner.CreateWebhookAsync();
        await owner.PublishAsync();
        var delivery = (await owner.Get($"{Calls.Webhooks}/{webhook}/deliveries")).Data.Single().GetProperty("id").GetString();

        var ownSibling = await owner.Get($"{Calls.Webhooks}/{await owner.CreateWebhookAsync()}/deliveries/{delivery}");
        var foreign = await other.Get($"{Calls.Webhooks}/{await other.CreateWebhookAsync()}/deliveries/{delivery}");

        ownSibling.MustBeProblem(HttpStatusCode.NotFound, "not-found");
        foreign.MustBeProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Another_organizations_cursor_shows_nothing_of_it()
    {
        using var owner = api.Server.ForNewOrganization();
        using var other = api.Server.ForNewOrganization();
        await owner.CreateWebhookAsync();
        await owner.CreateWebhookAsync();
        var cursor = (await owner.Get($"{Calls.Webhooks}?limit=1"))["next_cursor"].GetString();

        Assert.Empty((await other.Get($"{Calls.Webhooks}?cursor={cursor}")).MustBe(HttpStatusCode.OK).Data);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("not-a-uuid")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("%7B01980000-0000-7000-8000-000000000000%7D")]
    [InlineData("01980000000070008000000000000000")]
    [InlineData("events")]
    public async Task An_id_that_is_not_a_uuid_is_not_found(string id)
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync();

        Answer[] answers =
        [
            await client.Get($"{Calls.Webhooks}/{id}"),
            await client.Patch($"{Calls.Webhooks}/{id}", """{"active":true}"""),
            await client.Delete($"{Calls.Webhooks}/{id}"),
            await client.Post($"{Calls.Webhooks}/{id}/test"),
            await client.Post($"{Calls.Webhooks}/{id}/secret/rotate"),
            await client.Post($"{Calls.Webhooks}/{id}/secret/promote"),
            await client.Delete($"{Calls.Webhooks}/{id}/secret/previous"),
            await client.Get($"{Calls.Webhooks}/{id}/deliveries"),
            await client.Get($"{Calls.Webhooks}/{id}/explain?event_id={Guid.NewGuid()}"),
            await client.Get($"/api/v1/events/{id}"),
            await client.Get($"{Calls.Webhooks}/{webhook}/deliveries/{id}"),
        ];

        Assert.All(answers, answer => answer.MustBeProblem(HttpStatusCode.NotFound, "not-found"));
    }
}
