using System.Net;
using System.Text.Json;
using Npgsql;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.History;

/// <summary>Why an event did or did not reach a webhook.</summary>
public sealed class ExplainTests(SharedApi api)
{
    [Theory]
    [InlineData("succeeded", "delivered")]
    [InlineData("pending", "pending")]
    [InlineData("failed", "failed")]
    [InlineData("canceled", "canceled")]
    [InlineData("skipped", "skipped")]
    public async Task What_became_of_its_delivery_is_the_reason(string status, string reason)
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync();
        var id = await client.PublishAsync();
        await SetStatusAsync(id, status);

        var explained = await ExplainAsync(client, webhook, id, reason);

        Assert.Equal(
            (await client.Get($"{Calls.Webhooks}/{webhook}/deliveries")).Data.Single().GetRawText(), explained["delivery"].GetRawText());
        Assert.Equal((await client.Get($"{Calls.Webhooks}/{webhook}")).Text, explained["webhook"].GetRawText());
        Assert.Equal(id, explained["event"].GetProperty("id").GetGuid());
        Assert.Equal("user.created", explained["event"].GetProperty("event").GetString());
    }

    [Fact]
    public async Task A_delivery_that_failed_and_was_redelivered_is_explained_by_what_became_of_that()
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync();
        var id = await client.PublishAsync();
        await SetStatusAsync(id, "failed");
        var first = (await client.Get($"{Calls.Webhooks}/{webhook}/deliveries")).Data.Single().GetProperty("id").GetString();
        var again = (await client.Post($"{Calls.Webhooks}/{webhook}/deliveries/{first}/redeliver")).MustBe(HttpStatusCode.Accepted);

        var pending = await ExplainAsync(client, webhook, id, "pending");
        await SetStatusAsync(id, "succeeded", pendingOnly: true);
        var delivered = await ExplainAsync(client, webhook, id, "delivered");

        Assert.Equal(again["id"].GetString(), pending["delivery"].GetProperty("id").GetString());
        Assert.Equal(again["id"].GetString(), delivered["delivery"].GetProperty("id").GetString());
    }

    [Fact]
    public async Task What_kept_it_from_having_a_delivery_is_the_reason()
    {
        using var client = api.Server.ForNewOrganization();
        await client.CreateWebhookAsync();
        var elsewhere = await client.CreateWebhookAsync(events: "invoice.paid");
        var inactive = await client.CreateWebhookAsync(active: false);
        (await client.Patch($"{Calls.Webhooks}/{inactive}", """{"keep_skipped":false}""")).MustBe(HttpStatusCode.OK);
        var id = await client.PublishAsync();
        var later = await client.CreateWebhookAsync();

        await ExplainAsync(client, elsewhere, id, "not_subscribed");
        await ExplainAsync(client, inactive, id, "inactive");
        var explained = await ExplainAsync(client, later, id, "created_later");
        Assert.Equal(JsonValueKind.Null, explained["delivery"].ValueKind);
        Assert.Equal(id, explained["event"].GetProperty("id").GetGuid());

        // What a webhook was when the event came can no longer be seen once it was changed, but follows from what there is.
        (await client.Patch($"{Calls.Webhooks}/{elsewhere}", """{"events":["*"]}""")).MustBe(HttpStatusCode.OK);
        (await client.Patch($"{Calls.Webhooks}/{inactive}", """{"active":true}""")).MustBe(HttpStatusCode.OK);
        var subscribed = await ExplainAsync(client, elsewhere, id, "not_subscribed");
        var activated = await ExplainAsync(client, inactive, id, "inactive");
        Assert.All([subscribed, activated], changed =>
            Assert.Contains("changed since", changed["detail"].GetString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("manual", "inactive")]
    [InlineData("gone", "disabled")]
    [InlineData("failing", "disabled")]
    [InlineData("receiver_request", "disabled")]
    public async Task Who_made_the_webhook_inactive_is_the_reason_when_nothing_was_kept(string by, string reason)
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync();
        await client.CreateWebhookAsync();
        await using var command = api.Database.DataSource.CreateCommand(
            "UPDATE webhooks SET active = false, keep_skipped = false, disabled_at = now(), disabled_reason = $2 WHERE id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = webhook });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = by });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var explained = await ExplainAsync(client, webhook, await client.PublishAsync(), reason);

        Assert.Equal(by, explained["webhook"].GetProperty("disabled_reason").GetString());
    }

    [Fact]
    public async Task An_operational_event_is_not_one_of_all_and_not_told_to_the_webhook_that_it_is_about()
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync(events: "invoice.paid");
        await client.CreateWebhookAsync();
        var id = await client.PublishAsync();
        await using var command = api.Database.DataSource.CreateCommand(
            "UPDATE webhook_deliveries SET event = 'webhook.failing' WHERE event_id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));

        (await client.Patch($"{Calls.Webhooks}/{webhook}", """{"events":["*"]}""")).MustBe(HttpStatusCode.OK);
        var all = await ExplainAsync(client, webhook, id, "not_subscribed");
        (await client.Patch($"{Calls.Webhooks}/{webhook}", """{"events":["webhook.failing"]}""")).MustBe(HttpStatusCode.OK);
        var named = await ExplainAsync(client, webhook, id, "not_subscribed");

        Assert.Equal("The webhook does not list the event's type.", all["detail"].GetString());
        Assert.StartsWith("The event is about the webhook itself", named["detail"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_organizations_event_is_unknown_like_one_that_never_was()
    {
        using var owner = api.Server.ForNewOrganization();
        using var other = api.Server.ForNewOrganization();
        await owner.CreateWebhookAsync();
        var webhook = await other.CreateWebhookAsync();
        var foreignId = await owner.PublishAsync();

        var foreign = await ExplainAsync(other, webhook, foreignId, "unknown_event");
        var nobodys = await ExplainAsync(other, webhook, Guid.NewGuid(), "unknown_event");

        Assert.Equal(nobodys.TextOfAnyRequest, foreign.TextOfAnyRequest);
        Assert.Equal(JsonValueKind.Null, foreign["event"].ValueKind);
        Assert.Equal(JsonValueKind.Null, foreign["delivery"].ValueKind);
    }

    [Theory]
    [InlineData("", "event_id", "It is missing.")]
    [InlineData("?event_id=", "event_id", "It must be a UUID")]
    [InlineData("?event_id=order-17", "event_id", "It must be a UUID")]
    [InlineData("?event_id={00000000-0000-0000-0000-000000000000}", "event_id", "It must be a UUID")]
    [InlineData("?event_id=019c1524-c2c0-704c-9458-6767cc057b2f&event=x", "event", "There is no such query parameter.")]
    public async Task An_event_id_that_cannot_be_used_is_refused(string query, string field, string message)
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync();

        var refused = await client.Get($"{Calls.Webhooks}/{webhook}/explain{query}");

        refused.MustRefuse(field);
        Assert.StartsWith(message, refused.Errors(field).Single(), StringComparison.Ordinal);
    }

    private static async Task<Answer> ExplainAsync(HttpClient client, Guid webhook, Guid eventId, string reason)
    {
        var answer = (await client.Get($"{Calls.Webhooks}/{webhook}/explain?event_id={eventId}")).MustBe(HttpStatusCode.OK);
        Assert.Equal(reason, answer["reason"].GetString());
        Assert.NotEmpty(answer["detail"].GetString()!);
        return answer;
    }

    private async Task SetStatusAsync(Guid eventId, string status, bool pendingOnly = false)
    {
        await using var command = api.Database.DataSource.CreateCommand("""
            UPDATE webhook_deliveries SET status = $2, next_attempt_at = CASE WHEN $2 = 'pending' THEN next_attempt_at END
            WHERE event_id = $1 AND (NOT $3 OR status = 'pending')
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = eventId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = status });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = pendingOnly });
        Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
    }
}
