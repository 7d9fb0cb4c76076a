using System.Net;
using System.Text.Json;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Core;

namespace Webhooks.Api.Tests.Deliveries;

public sealed class RedeliverTests(SharedApi api) : IAsyncLifetime
{
    private readonly HttpClient _client = api.Server.ForNewOrganization();
    private Guid _webhook;
    private Guid _delivery;

    private string Deliveries => $"{Calls.Webhooks}/{_webhook}/deliveries";

    public async ValueTask InitializeAsync()
    {
        _webhook = await _client.CreateWebhookAsync();
        await _client.PublishAsync(data: """{"amount":12.50}""");
        _delivery = (await _client.Get(Deliveries)).Data.Single().GetProperty("id").GetGuid();
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("succeeded")]
    [InlineData("failed")]
    [InlineData("canceled")]
    public async Task A_finished_delivery_is_made_again_with_an_id_of_now_and_the_same_event_and_payload(string status)
    {
        await FinishAsync(status);

        var again = (await RedeliverAsync(_delivery)).MustBe(HttpStatusCode.Accepted);

        Assert.Equal("pending", again["status"].GetString());
        Assert.Equal(_delivery, again["redelivery_of"].GetGuid());
        Assert.Equal(0, again["attempt_number"].GetInt32());
        Assert.Equal(
            [again["id"].GetGuid(), _delivery],
            (await _client.Get(Deliveries)).Data.Select(item => item.GetProperty("id").GetGuid()));
        var (first, second) = (await ShowAsync(_delivery), await ShowAsync(again["id"].GetGuid()));
        Assert.Equal(status, first["status"].GetString());
        Assert.Equal(first["event_id"].GetGuid(), second["event_id"].GetGuid());
        Assert.Equal(first["payload"].GetRawText(), second["payload"].GetRawText());
        Assert.Equal(1, await CountAsync($"id = '{again["id"]}' AND next_attempt_at <= now() AND next_trigger = 'manual'"));
    }

    [Fact]
    public async Task The_next_attempt_of_a_pending_delivery_is_made_now_and_no_other_delivery_is_made()
    {
        await ExecuteAsync($"UPDATE webhook_deliveries SET next_attempt_at = now() + interval '1 hour' WHERE id = '{_delivery}'");

        var again = (await RedeliverAsync(_delivery)).MustBe(HttpStatusCode.Accepted);

        Assert.Equal(_delivery, again["id"].GetGuid());
        Assert.Equal(JsonValueKind.Null, again["redelivery_of"].ValueKind);
        Assert.Single((await _client.Get(Deliveries)).Data);
        Assert.Equal(1, await CountAsync($"id = '{_delivery}' AND next_attempt_at <= now() AND next_trigger = 'manual'"));
    }

    [Fact]
    public async Task A_parked_delivery_is_due_at_once_and_an_attempt_that_is_under_way_keeps_its_lease()
    {
        await ExecuteAsync($"UPDATE webhook_deliveries SET lease_until = now() + interval '10 minutes' WHERE id = '{_delivery}'");
        (await RedeliverAsync(_delivery)).MustBe(HttpStatusCode.Accepted);
        var parked = await CountAsync($"id = '{_delivery}' AND lease_until IS NOT NULL");
        await ExecuteAsync(
            $"UPDATE webhook_deliveries SET lease_until = now() + interval '10 minutes', lease_token = id WHERE id = '{_delivery}'");

        (await RedeliverAsync(_delivery)).MustBe(HttpStatusCode.Accepted);

        Assert.Equal(0, parked);
        Assert.Equal(1, await CountAsync($"id = '{_delivery}' AND lease_until > now() AND lease_token = id"));
    }

    [Fact]
    public async Task A_redelivery_that_is_redelivered_names_the_first_delivery()
    {
        await FinishAsync("failed");
        var second = (await RedeliverAsync(_delivery))["id"].GetGuid();
        await ExecuteAsync($"UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL WHERE id = '{second}'");

        var third = (await RedeliverAsync(second)).MustBe(HttpStatusCode.Accepted);

        Assert.NotEqual(second, third["id"].GetGuid());
        Assert.Equal(_delivery, third["redelivery_of"].GetGuid());
        Assert.Equal(1, await CountAsync($"id = '{_delivery}' AND redelivered_as = '{third["id"]}'"));
    }

    [Fact]
    public async Task An_old_delivery_is_made_again_in_the_partition_of_now()
    {
        var old = Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-40));
        await ExecuteAsync(
            $"UPDATE webhook_deliveries SET id = '{old}', status = 'failed', next_attempt_at = NULL WHERE id = '{_delivery}'");

        var again = (await RedeliverAsync(old)).MustBe(HttpStatusCode.Accepted);

        Assert.Equal(1, await CountAsync($"id = '{again["id"]}' AND tableoid <> 'webhook_deliveries_default'::regclass"));
        Assert.Equal(1, await CountAsync($"id = '{old}' AND redelivered_as IS NOT NULL"));
    }

    [Fact]
    public async Task A_repeat_with_the_same_key_is_answered_with_the_same_delivery_also_when_both_come_at_once()
    {
        await FinishAsync("failed");

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RedeliverAsync(_delivery, "again-1")));
        var later = await RedeliverAsync(_delivery, "again-1");
        var other = await RedeliverAsync(_delivery, "again-2");

        var made = Assert.Single(answers.Append(later).Select(answer => answer.MustBe(HttpStatusCode.Accepted)["id"].GetGuid()).Distinct());
        Assert.NotEqual(made, other.MustBe(HttpStatusCode.Accepted)["id"].GetGuid());
        Assert.Equal(3, (await _client.Get(Deliveries)).Data.Count);
    }

    [Fact]
    public async Task A_repeat_with_the_key_of_a_pending_delivery_makes_no_other_once_it_is_finished()
    {
        await RedeliverAsync(_delivery, "now");
        await FinishAsync("failed");

        var repeat = (await RedeliverAsync(_delivery, "now")).MustBe(HttpStatusCode.Accepted);

        Assert.Equal(_delivery, repeat["id"].GetGuid());
        Assert.Equal("failed", repeat["status"].GetString());
        Assert.Single((await _client.Get(Deliveries)).Data);
    }

    [Fact]
    public async Task A_key_of_another_redelivery_is_refused_until_a_day_has_passed()
    {
        await FinishAsync("failed");
        var second = (await RedeliverAsync(_delivery, "mine"))["id"].GetGuid();

        var reused = await RedeliverAsync(second, "mine");
        await ExecuteAsync(
            $"UPDATE request_keys SET created_at = now() - interval '25 hours' WHERE made = '{second}'");
        var later = await RedeliverAsync(_delivery, "mine");

        reused.MustBeProblem(HttpStatusCode.UnprocessableEntity, "reused-idempotency-key");
        Assert.NotEqual(second, later.MustBe(HttpStatusCode.Accepted)["id"].GetGuid());
    }

    [Fact]
    public async Task Another_organizations_delivery_one_that_was_dropped_and_one_of_another_webhook_are_not_found()
    {
        await FinishAsync("failed");
        var other = await _client.CreateWebhookAsync("http://127.0.0.1:9000/other");
        using var stranger = api.Server.ForNewOrganization();

        Answer[] answers =
        [
            await stranger.Post($"{Deliveries}/{_delivery}/redeliver"),
            await _client.Post($"{Calls.Webhooks}/{other}/deliveries/{_delivery}/redeliver"),
            await RedeliverAsync(Guid.CreateVersion7(DateTimeOffset.UtcNow - new WebhooksOptions().DeliveryRetention * 2)),
        ];

        Assert.All(answers, answer => answer.MustBeProblem(HttpStatusCode.NotFound, "not-found"));
        Assert.Single((await _client.Get(Deliveries)).Data);
    }

    [Fact]
    public async Task Nothing_is_redelivered_to_a_webhook_that_is_inactive_or_deleted()
    {
        (await _client.Patch($"{Calls.Webhooks}/{_webhook}", """{"active":false}""")).MustBe(HttpStatusCode.OK);
        var inactive = await RedeliverAsync(_delivery, "key");
        var made = await CountAsync($"redelivery_of = '{_delivery}'");
        (await _client.Delete($"{Calls.Webhooks}/{_webhook}")).MustBe(HttpStatusCode.NoContent);

        var deleted = await RedeliverAsync(_delivery, "key");

        inactive.MustBeProblem(HttpStatusCode.Conflict, "webhook-inactive");
        deleted.MustBeProblem(HttpStatusCode.NotFound, "not-found");
        Assert.Equal(0, made + await CountAsync($"redelivery_of = '{_delivery}'"));
    }

    private async Task<Answer> RedeliverAsync(Guid delivery, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Deliveries}/{delivery}/redeliver");
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await _client.CallAsync(request);
    }

    private async Task<Answer> ShowAsync(Guid delivery) => (await _client.Get($"{Deliveries}/{delivery}")).MustBe(HttpStatusCode.OK);

    private Task FinishAsync(string status) =>
        ExecuteAsync($"UPDATE webhook_deliveries SET status = '{status}', next_attempt_at = NULL WHERE id = '{_delivery}'");

    private async Task<int> CountAsync(string condition)
    {
        await using var command = api.Database.DataSource.CreateCommand($"SELECT count(*)::int FROM webhook_deliveries WHERE {condition}");
        return (int)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = api.Database.DataSource.CreateCommand(sql);
        Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
    }
}
