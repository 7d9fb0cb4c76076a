using System.Net;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Deliveries;

public sealed class CancelTests(SharedApi api) : IAsyncLifetime
{
    private readonly HttpClient _client = api.Server.ForNewOrganization();
    private Guid _webhook;

    private string Deliveries => $"{Calls.Webhooks}/{_webhook}/deliveries";

    public async ValueTask InitializeAsync() => _webhook = await _client.CreateWebhookAsync();

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_pending_delivery_is_canceled_and_once_it_is_finished_it_cannot_be()
    {
        var delivery = await PublishAsync();

        var canceled = await _client.Post($"{Deliveries}/{delivery}/cancel");
        var again = await _client.Post($"{Deliveries}/{delivery}/cancel");

        Assert.Equal("canceled", canceled.MustBe(HttpStatusCode.Accepted)["status"].GetString());
        again.MustBeProblem(HttpStatusCode.Conflict, "delivery-finished");
        Assert.Contains("canceled", again["detail"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_delivery_whose_attempt_is_under_way_stays_pending_until_that_is_answered()
    {
        var delivery = await PublishAsync();
        await ExecuteAsync(
            $"UPDATE webhook_deliveries SET lease_until = now() + interval '1 minute', lease_token = id WHERE id = '{delivery}'");

        var canceled = (await _client.Post($"{Deliveries}/{delivery}/cancel")).MustBe(HttpStatusCode.Accepted);

        Assert.Equal("pending", canceled["status"].GetString());
        Assert.Equal(1, await CountAsync($"id = '{delivery}' AND cancel_requested AND lease_token = id AND lease_until > now()"));
    }

    [Fact]
    public async Task Another_organizations_delivery_and_backlog_are_not_found_and_stay()
    {
        var delivery = await PublishAsync();
        using var stranger = api.Server.ForNewOrganization();

        var one = await stranger.Post($"{Deliveries}/{delivery}/cancel");
        var all = await CancelBacklogAsync(stranger, DateTimeOffset.UtcNow.AddHours(1));

        one.MustBeProblem(HttpStatusCode.NotFound, "not-found");
        all.MustBeProblem(HttpStatusCode.NotFound, "not-found");
        Assert.Equal(1, await CountAsync($"id = '{delivery}' AND status = 'pending'"));
    }

    [Fact]
    public async Task A_backlog_is_canceled_and_what_is_finished_under_way_or_anothers_stays()
    {
        var other = await _client.CreateWebhookAsync("http://127.0.0.1:9000/other");
        for (var number = 0; number < 6; number++)
        {
            await _client.PublishAsync();
        }

        var ids = (await _client.Get(Deliveries)).Data.Select(item => item.GetProperty("id").GetGuid()).Order().ToList();
        await ExecuteAsync($"UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL WHERE id = '{ids[0]}'");
        await ExecuteAsync(
            $"UPDATE webhook_deliveries SET lease_until = now() + interval '1 minute', lease_token = id WHERE id = '{ids[1]}'");

        var canceled = (await CancelBacklogAsync(_client, DateTimeOffset.UtcNow.AddYears(1))).MustBe(HttpStatusCode.Accepted);

        Assert.Equal((4, 1, true), Counts(canceled));
        Assert.Equal(1, await CountAsync($"webhook_id = '{_webhook}' AND status = 'pending'"));
        Assert.Equal(6, await CountAsync($"webhook_id = '{other}' AND status = 'pending'"));
    }

    [Fact]
    public async Task What_was_created_at_the_time_that_is_asked_for_or_later_stays()
    {
        var ids = new List<Guid>();
        for (var number = 0; number < 4; number++)
        {
            ids.Add(await PublishAsync());
        }

        var bound = (await _client.Get($"{Deliveries}/{ids[2]}"))["created_at"].GetDateTimeOffset();

        var canceled = (await CancelBacklogAsync(_client, bound)).MustBe(HttpStatusCode.Accepted);

        Assert.Equal((2, 0, true), Counts(canceled));
        Assert.Equal(
            ids.Skip(2).Reverse(),
            (await _client.Get(Deliveries + "?status=pending")).Data.Select(item => item.GetProperty("id").GetGuid()));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"created_before":null}""")]
    [InlineData("""{"created_before":"yesterday"}""")]
    [InlineData("""{"created_before":"2026-01-31T18:30:00"}""")]
    public async Task A_backlog_without_a_time_is_refused(string body) =>
        (await _client.Post(Deliveries + "/cancel", body)).MustRefuse("created_before");

    [Fact]
    public async Task A_misspelt_field_of_a_backlog_is_refused_and_nothing_is_canceled()
    {
        var delivery = await PublishAsync();

        var refused = await _client.Post(Deliveries + "/cancel", """{"created_before":"2126-01-31T18:30:00Z","event":"user.created"}""");

        refused.MustRefuse("event");
        Assert.Equal(1, await CountAsync($"id = '{delivery}' AND status = 'pending'"));
    }

    private static (int Canceled, int UnderWay, bool Complete) Counts(Answer answer) =>
        (answer["canceled"].GetInt32(), answer["under_way"].GetInt32(), answer["complete"].GetBoolean());

    private Task<Answer> CancelBacklogAsync(HttpClient client, DateTimeOffset before) =>
        client.Post(Deliveries + "/cancel", $$"""{"created_before":"{{before.UtcDateTime:O}}"}""");

    private async Task<Guid> PublishAsync()
    {
        var eventId = await _client.PublishAsync();
        return (await _client.Get(Deliveries)).Data.Single(item => item.GetProperty("event_id").GetGuid() == eventId)
            .GetProperty("id").GetGuid();
    }

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
