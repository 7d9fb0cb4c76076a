using System.Net;
using Webhooks.Api.Requests;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Core.Deliveries;

namespace Webhooks.Api.Tests.Deliveries;

public sealed class DeliveryArrivalsTests(SharedApi api)
{
    [Fact]
    public async Task A_poller_keeps_the_cursor_and_gets_what_came_since()
    {
        var organization = Guid.NewGuid();
        using var client = api.Server.For(organization);
        var webhook = await client.CreateWebhookAsync();
        var path = $"{Calls.Webhooks}/{webhook}/deliveries?order=arrival&limit=2";
        var first = await InsertAsync(organization, webhook, idAge: 0, age: 30);
        var second = await InsertAsync(organization, webhook, idAge: 0, age: 20);
        var third = await InsertAsync(organization, webhook, idAge: 0, age: 10);

        var page = (await client.Get(path)).MustBe(HttpStatusCode.OK);
        var next = (await client.Get($"{path}&cursor={page["next_cursor"].GetString()}")).MustBe(HttpStatusCode.OK);
        var empty = (await client.Get($"{path}&cursor={next["next_cursor"].GetString()}")).MustBe(HttpStatusCode.OK);

        Assert.Equal([first, second], Ids(page));
        Assert.Equal([third], Ids(next));
        Assert.Empty(empty.Data);
        Assert.NotNull(empty["next_cursor"].GetString());
    }

    [Fact]
    public async Task What_changes_after_a_delivery_came_cannot_be_asked_for_in_the_order_of_arrival()
    {
        using var client = api.Server.ForNewOrganization();
        var path = $"{Calls.Webhooks}/{await client.CreateWebhookAsync()}/deliveries";

        (await client.Get($"{path}?order=arrival&status=failed&response_status=500")).MustRefuse("response_status", "status");
        (await client.Get($"{path}?order=oldest")).MustRefuse("order");
        (await client.Get($"{path}?order=arrival&cursor={Cursor.Encode(Guid.NewGuid())}")).MustRefuse("cursor");
        (await client.Get($"{path}?cursor={ArrivalCursor.Encode(ArrivalPlace.Before(null))}")).MustRefuse("cursor");
        (await client.Get($"{Calls.Webhooks}/{Guid.NewGuid()}/deliveries?order=arrival")).MustBeProblem(
            HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public void A_cursor_is_the_place_that_it_was_made_of()
    {
        var place = new ArrivalPlace(Guid.NewGuid(), new DateTimeOffset(2026, 1, 31, 18, 30, 0, 123, 456, TimeSpan.Zero), Guid.NewGuid());

        Assert.True(ArrivalCursor.TryDecode(ArrivalCursor.Encode(place), out var decoded));
        Assert.Equal(place, decoded);
        Assert.All((string[])["", "AAAA", Cursor.Encode(Guid.NewGuid())!], text => Assert.False(ArrivalCursor.TryDecode(text, out _)));
    }

    private static IEnumerable<Guid> Ids(Answer page) => page.Data.Select(delivery => delivery.GetProperty("id").GetGuid());

    /// <summary>Inserts a delivery that came some minutes ago, with an id of so many minutes before that.</summary>
    private async Task<Guid> InsertAsync(Guid organization, Guid webhook, int idAge, int age)
    {
        var created = DateTimeOffset.UtcNow.AddMinutes(-age);
        var id = Guid.CreateVersion7(created.AddMinutes(-idAge));
        await using var command = api.Database.DataSource.CreateCommand(
            "INSERT INTO webhook_deliveries (id, webhook_id, org_id, event, event_id, payload, status, created_at) "
            + "VALUES ($1, $2, $3, 'user.created', $1, '{}', 'succeeded', $4)");
        foreach (var value in (object[])[id, webhook, organization, created])
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return id;
    }
}
