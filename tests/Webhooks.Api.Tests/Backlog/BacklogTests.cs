using System.Globalization;
using System.Net;
using System.Text.Json;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Core.Backlog;

namespace Webhooks.Api.Tests.Backlog;

/// <summary>What an organization's pending deliveries wait for.</summary>
public sealed class BacklogTests(SharedApi api) : IAsyncLifetime
{
    private const string Path = "/api/v1/backlog";

    private readonly HttpClient _client = api.Server.ForNewOrganization();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task An_organization_without_pending_deliveries_has_no_reasons()
    {
        var backlog = (await _client.Get(Path)).MustBe(HttpStatusCode.OK);

        Assert.Equal(0, backlog["pending"].GetInt32());
        Assert.True(backlog["complete"].GetBoolean());
        Assert.Empty(backlog["reasons"].EnumerateArray());
    }

    [Fact]
    public async Task Each_delivery_counts_for_what_it_waits_for_and_others_do_not_count()
    {
        await WaitingAsync("due", "");
        await WaitingAsync("attempting", "lease_token = gen_random_uuid(), lease_until = now() + interval '1 minute'");
        await WaitingAsync("retry", "attempt_number = 2, next_attempt_at = now() + interval '1 hour'");
        await WaitingAsync("retry", "attempt_number = 1, next_attempt_at = now() + interval '2 hours'");
        await WaitingAsync("scheduled", "next_attempt_at = now() + interval '1 day', deliver_at = now() + interval '1 day'");
        await WaitingAsync("circuit", "", pausedBy: "circuit");
        await WaitingAsync("retry_after", "", pausedBy: "retry_after");
        await WaitingAsync("pull", "lease_until = 'infinity'");
        await WaitingAsync("finished", "status = 'succeeded', next_attempt_at = NULL");
        using var stranger = api.Server.ForNewOrganization();

        var backlog = (await _client.Get(Path)).MustBe(HttpStatusCode.OK);

        Assert.Equal(8, backlog["pending"].GetInt32());
        var counts = backlog["reasons"].EnumerateArray().ToDictionary(
            reason => reason.GetProperty("reason").GetString()!, reason => reason.GetProperty("count").GetInt32());
        Assert.Equal(BacklogReason.All.ToDictionary(reason => reason, reason => reason == BacklogReason.Retry ? 2 : 1), counts);
        Assert.Equal("retry", backlog["reasons"][0].GetProperty("reason").GetString());
        Assert.All(backlog["reasons"].EnumerateArray(), reason => Assert.Equal(
            reason.GetProperty("reason").GetString() is "retry" or "scheduled",
            reason.GetProperty("next_attempt_at").ValueKind != JsonValueKind.Null));
        Assert.Equal(0, (await stranger.Get(Path))["pending"].GetInt32());
    }

    [Fact]
    public async Task More_than_are_counted_are_told_as_not_complete()
    {
        var webhook = await _client.CreateWebhookAsync();
        await ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO webhook_deliveries (id, webhook_id, org_id, event, event_id, payload, next_attempt_at)
            SELECT webhook_delivery_id(event_id, webhooks.id), webhooks.id, org_id, 'user.created', event_id, jsonb_build_object(), now()
            FROM webhooks, (
                SELECT overlay(gen_random_uuid()::text PLACING left(webhook_least_id(now())::text, 13) FROM 1 FOR 13)::uuid AS event_id
                FROM generate_series(0, {PendingBacklog.MostCounted})
            ) AS event
            WHERE webhooks.id = '{webhook}'
            """));

        var backlog = (await _client.Get(Path)).MustBe(HttpStatusCode.OK);

        Assert.Equal(PendingBacklog.MostCounted, backlog["pending"].GetInt32());
        Assert.False(backlog["complete"].GetBoolean());
    }

    /// <summary>Makes a pending delivery of a webhook of its own.</summary>
    /// <param name="eventKey">What the webhook is called.</param>
    /// <param name="changes">What is changed of the delivery, as in an UPDATE.</param>
    /// <param name="pausedBy">What the webhook is paused by.</param>
    private async Task WaitingAsync(string eventKey, string changes, string? pausedBy = null)
    {
        var created = await _client.Post(
            Calls.Webhooks, $$"""{"url":"https://example.com/{{eventKey}}","events":["invoice.paid"]}""");
        var webhook = created.MustBe(HttpStatusCode.Created)["id"].GetGuid();
        await _client.PublishAsync("invoice.paid");
        (await _client.Patch($"{Calls.Webhooks}/{webhook}", """{"events":["user.created"]}""")).MustBe(HttpStatusCode.OK);
        if (changes.Length > 0)
        {
            await ExecuteAsync($"UPDATE webhook_deliveries SET {changes} WHERE webhook_id = '{webhook}'");
        }

        if (pausedBy is not null)
        {
            await ExecuteAsync($"""
                INSERT INTO webhook_health (webhook_id, paused_by, paused_until)
                VALUES ('{webhook}', '{pausedBy}', now() + interval '1 hour')
                ON CONFLICT (webhook_id) DO UPDATE SET paused_by = excluded.paused_by, paused_until = excluded.paused_until
                """);
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = api.Database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
