using System.Globalization;
using System.Net;
using System.Text.Json;
using Npgsql;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Api.Tests.Deliveries;

public sealed class DeliveryHistoryTests(SharedApi api)
{
    [Fact]
    public async Task A_published_event_is_listed_as_a_pending_delivery()
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync();
        var eventId = await client.PublishAsync();

        var list = (await client.Get($"{Calls.Webhooks}/{webhook}/deliveries")).MustBe(HttpStatusCode.OK);

        var delivery = Assert.Single(list.Data);
        Assert.Equal(
            [
                "attempt_number", "created_at", "deliver_at", "delivered_at", "duration_ms", "error", "event", "event_id", "held", "id",
                "next_attempt_at", "ordering_key", "redelivery_of", "response_status", "status", "test", "webhook_id",
            ],
            delivery.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal(webhook, delivery.GetProperty("webhook_id").GetGuid());
        Assert.Equal(eventId, delivery.GetProperty("event_id").GetGuid());
        Assert.Equal("user.created", delivery.GetProperty("event").GetString());
        Assert.Equal("pending", delivery.GetProperty("status").GetString());
        Assert.Equal(0, delivery.GetProperty("attempt_number").GetInt32());
        Assert.EndsWith("Z", delivery.GetProperty("next_attempt_at").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, delivery.GetProperty("response_status").ValueKind);
        Assert.Equal(JsonValueKind.Null, list["next_cursor"].ValueKind);
    }

    [Fact]
    public async Task A_delivery_shows_the_stored_payload_and_every_attempt()
    {
        await using var receiver = await Receiver.StartAsync((_, context) =>
        {
            context.Response.StatusCode = 503;
            return context.Response.Body.WriteAsync("busy"u8.ToArray(), context.RequestAborted).AsTask();
        });
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync(receiver.Url);
        var test = await client.Post($"{Calls.Webhooks}/{webhook}/test");

        var delivery = (await client.Get($"{Calls.Webhooks}/{webhook}/deliveries/{test["id"].GetString()}")).MustBe(HttpStatusCode.OK);

        Assert.Equal(test.Text, delivery.Text);
        Assert.Equal("busy", delivery["response_body"].GetString());
        Assert.Equal(receiver.Requests.Single().Text, delivery["payload"].GetRawText());
        Assert.Equal(webhook, delivery["payload"].GetProperty("webhook_id").GetGuid());
        var attempt = delivery["attempts"].EnumerateArray().Single();
        Assert.Equal(
            ["duration_ms", "error", "message", "number", "response_body", "response_headers", "response_status", "started_at", "trigger"],
            attempt.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal(1, attempt.GetProperty("number").GetInt32());
        Assert.Equal(503, attempt.GetProperty("response_status").GetInt32());
        Assert.Equal("busy", attempt.GetProperty("response_body").GetString());
        Assert.Equal("Kestrel", attempt.GetProperty("response_headers").GetProperty("Server").GetString());
        Assert.Equal("manual", attempt.GetProperty("trigger").GetString());
        Assert.EndsWith("Z", attempt.GetProperty("started_at").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_of_the_payload_are_shown_as_they_were_published()
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync();
        await client.PublishAsync(data: """{"amount":12345678901234567890.10,"small":1.0}""");
        var id = (await client.Get($"{Calls.Webhooks}/{webhook}/deliveries")).Data.Single().GetProperty("id").GetString();

        var delivery = await client.Get($"{Calls.Webhooks}/{webhook}/deliveries/{id}");

        Assert.Contains("12345678901234567890.10", delivery.Text, StringComparison.Ordinal);
        Assert.Contains("1.0", delivery["payload"].GetProperty("data").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_follow_each_other_newest_first_until_the_cursor_is_null()
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync();
        for (var number = 0; number < 7; number++)
        {
            await client.PublishAsync();
        }

        var seen = new List<string>();
        var sizes = new List<int>();
        for (var cursor = ""; cursor is not null;)
        {
            var page = (await client.Get($"{Calls.Webhooks}/{webhook}/deliveries?limit=3&cursor={cursor}")).MustBe(HttpStatusCode.OK);
            seen.AddRange(page.Data.Select(delivery => delivery.GetProperty("id").GetString()!));
            sizes.Add(page.Data.Count);
            cursor = page["next_cursor"].GetString();
        }

        Assert.Equal([3, 3, 1], sizes);
        Assert.Equal(7, seen.Distinct().Count());
        Assert.Equal(seen.OrderDescending(StringComparer.Ordinal), seen);
    }

    [Theory]
    [InlineData("", "failed gone pending skipped succeeded")]
    [InlineData("status=pending", "pending")]
    [InlineData("status=succeeded", "succeeded")]
    [InlineData("status=failed", "failed gone")]
    [InlineData("status=canceled", "")]
    [InlineData("status=skipped", "skipped")]
    [InlineData("status=skipped&event=user.deleted", "")]
    [InlineData("event=invoice.paid", "succeeded")]
    [InlineData("response_status=500", "failed")]
    [InlineData("response_status=410&status=failed", "gone")]
    [InlineData("response_status=410&status=succeeded", "")]
    [InlineData("from=2000-01-01T00:00:00Z", "failed gone pending skipped succeeded")]
    [InlineData("from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z", "failed gone pending skipped succeeded")]
    [InlineData("to=2000-01-01T00:00:00.5%2B02:00", "")]
    [InlineData("from=9000-01-01T00:00:00Z", "")]
    public async Task Filters_select(string query, string expected)
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync(events: "*");
        await MakeAsync(client, webhook, "user.created", "pending", null);
        await MakeAsync(client, webhook, "invoice.paid", "succeeded", 200);
        await MakeAsync(client, webhook, "user.created", "failed", 500);
        await MakeAsync(client, webhook, "user.updated", "failed", 410);
        await MakeAsync(client, webhook, "user.created", "skipped", null);

        var list = (await client.Get($"{Calls.Webhooks}/{webhook}/deliveries?{query}")).MustBe(HttpStatusCode.OK);

        Assert.Equal(expected, string.Join(' ', list.Data.Select(Name).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task A_time_window_includes_its_beginning_and_not_its_end()
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync();
        await client.PublishAsync();
        var path = $"{Calls.Webhooks}/{webhook}/deliveries";
        var delivery = (await client.Get(path)).Data.Single();
        var createdAt = delivery.GetProperty("created_at").GetString();
        var later = delivery.GetProperty("created_at").GetDateTime().AddMilliseconds(1).ToString("O", CultureInfo.InvariantCulture);

        Assert.Single((await client.Get($"{path}?from={createdAt}")).MustBe(HttpStatusCode.OK).Data);
        Assert.Empty((await client.Get($"{path}?to={createdAt}")).MustBe(HttpStatusCode.OK).Data);
        Assert.Single((await client.Get($"{path}?from={createdAt}&to={later}")).MustBe(HttpStatusCode.OK).Data);
    }

    [Theory]
    [InlineData("status=done", "status")]
    [InlineData("status=", "status")]
    [InlineData("status=pending&status=failed", "status")]
    [InlineData("event=user.creatd", "event")]
    [InlineData("response_status=99", "response_status")]
    [InlineData("response_status=600", "response_status")]
    [InlineData("response_status=2xx", "response_status")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2026-01-31", "from")]
    [InlineData("from=2026-01-31T00:00:00", "from")]
    [InlineData("from=2026-02-30T00:00:00Z", "from")]
    [InlineData("to=1760000000", "to")]
    [InlineData("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from")]
    [InlineData("from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "from")]
    [InlineData("limit=0", "limit")]
    [InlineData("cursor=!", "cursor")]
    [InlineData("stauts=pending", "stauts")]
    public async Task A_query_parameter_that_cannot_be_used_is_refused(string query, string field)
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync();

        var refused = await client.Get($"{Calls.Webhooks}/{webhook}/deliveries?{query}");

        refused.MustRefuse(field);
        Assert.NotEmpty(refused.Errors(field));
    }

    private static string Name(JsonElement delivery) =>
        delivery.GetProperty("response_status") is { ValueKind: JsonValueKind.Number } status && status.GetInt32() == 410
            ? "gone"
            : delivery.GetProperty("status").GetString()!;

    /// <summary>Publishes an event and gives its delivery the state that attempts would give it.</summary>
    private async Task MakeAsync(HttpClient client, Guid webhook, string eventType, string status, int? responseStatus)
    {
        var eventId = await client.PublishAsync(eventType);
        await using var command = api.Database.DataSource.CreateCommand("""
            UPDATE webhook_deliveries SET
                status = $3, response_status = $4, next_attempt_at = CASE WHEN $3 = 'pending' THEN next_attempt_at END
            WHERE webhook_id = $1 AND event_id = $2
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = webhook });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = eventId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = status });
        command.Parameters.Add(
            new NpgsqlParameter { Value = (object?)responseStatus ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer });
        var rows = await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        Assert.True(rows == 1, string.Create(CultureInfo.InvariantCulture, $"{rows} rows"));
    }
}
