using System.Globalization;
using System.Net;
using System.Text.Json;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Core;

namespace Webhooks.Api.Tests.Recoveries;

public sealed class RecoveryTests(SharedApi api) : IAsyncLifetime
{
    private readonly HttpClient _client = api.Server.ForNewOrganization();
    private readonly string _body = Body();
    private Guid _webhook;

    private string Recoveries => $"{Calls.Webhooks}/{_webhook}/recoveries";

    public async ValueTask InitializeAsync()
    {
        _webhook = await _client.CreateWebhookAsync(events: "*");
        await _client.PublishAsync();
        await _client.PublishAsync("user.deleted");
        await _client.PublishAsync("user.deleted");
        await ExecuteAsync($"UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL WHERE webhook_id = '{_webhook}'");
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_dry_run_counts_by_event_and_begins_nothing()
    {
        var preview = (await CreateAsync(""" ,"dry_run":true""")).MustBe(HttpStatusCode.OK);

        Assert.Equal(3, preview["count"].GetInt32());
        Assert.Equal("""{"user.created":1,"user.deleted":2}""", preview["by_event"].GetRawText());
        Assert.True(preview["oldest"].GetDateTimeOffset() < preview["newest"].GetDateTimeOffset());
        Assert.True(preview["complete"].GetBoolean());
        Assert.Empty((await _client.Get(Recoveries)).Data);
    }

    [Fact]
    public async Task A_recovery_is_begun_listed_and_shown_with_what_was_asked_for()
    {
        var begun = (await CreateAsync(""" ,"events":["user.deleted"],"response_status":503,"rate":7""")).MustBe(HttpStatusCode.Accepted);

        Assert.Equal("running", begun["state"].GetString());
        Assert.Equal(_webhook, begun["webhook_id"].GetGuid());
        Assert.Equal("""["failed"]""", begun["statuses"].GetRawText());
        Assert.Equal("""["user.deleted"]""", begun["events"].GetRawText());
        Assert.Equal((503, 7, 0), (begun["response_status"].GetInt32(), begun["rate"].GetInt32(), begun["total"].GetInt32()));
        Assert.Equal(begun.Text, (await _client.Get($"{Recoveries}/{begun["id"]}")).MustBe(HttpStatusCode.OK).Text);
        Assert.Equal(begun["id"].GetGuid(), Assert.Single((await _client.Get(Recoveries)).Data).GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task A_webhook_has_one_recovery_at_a_time_and_another_is_refused_naming_it()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => CreateAsync()));

        var begun = Assert.Single(answers, answer => answer.Status == HttpStatusCode.Accepted);
        var refused = answers.Except([begun]).ToList();
        Assert.All(refused, answer => Assert.Contains(
            begun["id"].GetString()!,
            answer.MustBeProblem(HttpStatusCode.Conflict, "recovery-runs")["detail"].GetString(),
            StringComparison.Ordinal));
        (await ChangeAsync(begun, "pause")).MustBe(HttpStatusCode.OK);
        (await CreateAsync()).MustBeProblem(HttpStatusCode.Conflict, "recovery-runs");
        (await ChangeAsync(begun, "cancel")).MustBe(HttpStatusCode.OK);
        (await CreateAsync()).MustBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_recovery_is_paused_resumed_and_canceled_and_each_again_changes_nothing()
    {
        var begun = await CreateAsync();

        string[] changes = ["pause", "pause", "resume", "resume", "cancel", "cancel"];
        var states = new List<string?>();
        foreach (var change in changes)
        {
            states.Add((await ChangeAsync(begun, change)).MustBe(HttpStatusCode.OK)["state"].GetString());
        }

        Assert.Equal(["paused", "paused", "running", "running", "canceled", "canceled"], states);
        var canceled = await _client.Get($"{Recoveries}/{begun["id"]}");
        Assert.Equal("requested", canceled["reason"].GetString());
        Assert.Equal(JsonValueKind.String, canceled["finished_at"].ValueKind);
        (await ChangeAsync(begun, "pause")).MustBeProblem(HttpStatusCode.Conflict, "recovery-ended");
        (await ChangeAsync(begun, "resume")).MustBeProblem(HttpStatusCode.Conflict, "recovery-ended");
    }

    [Fact]
    public async Task A_repeat_with_the_same_key_is_answered_with_the_same_recovery_and_another_body_is_refused()
    {
        var first = await CreateAsync(key: "outage-7");
        var repeat = await CreateAsync(key: "outage-7");
        await ChangeAsync(first, "cancel");
        var later = await CreateAsync(key: "outage-7");
        var other = await CreateAsync(""" ,"rate":3""", key: "outage-7");

        Assert.Equal(
            [first["id"].GetGuid()],
            new[] { first, repeat, later }.Select(answer => answer.MustBe(HttpStatusCode.Accepted)["id"].GetGuid()).Distinct());
        other.MustBeProblem(HttpStatusCode.UnprocessableEntity, "reused-idempotency-key");
        Assert.Single((await _client.Get(Recoveries)).Data);
    }

    [Fact]
    public async Task Another_organization_finds_no_recovery_and_begins_none()
    {
        var begun = await CreateAsync();
        using var stranger = api.Server.ForNewOrganization();

        Answer[] answers =
        [
            await stranger.Get(Recoveries),
            await stranger.Get($"{Recoveries}/{begun["id"]}"),
            await stranger.Post($"{Recoveries}/{begun["id"]}/cancel"),
            await stranger.Post(Recoveries, Body()),
            await stranger.Post(Recoveries, Body(""" ,"dry_run":true""")),
            await _client.Get($"{Recoveries}/{Guid.CreateVersion7()}"),
        ];

        Assert.All(answers, answer => answer.MustBeProblem(HttpStatusCode.NotFound, "not-found"));
        Assert.Equal("running", (await _client.Get($"{Recoveries}/{begun["id"]}"))["state"].GetString());
    }

    [Fact]
    public async Task A_webhook_that_is_inactive_is_counted_but_not_recovered_and_one_that_is_deleted_is_not_found()
    {
        (await _client.Patch($"{Calls.Webhooks}/{_webhook}", """{"active":false}""")).MustBe(HttpStatusCode.OK);
        var inactive = await CreateAsync();
        var counted = await CreateAsync(""" ,"dry_run":true""");
        (await _client.Delete($"{Calls.Webhooks}/{_webhook}")).MustBe(HttpStatusCode.NoContent);

        var deleted = await CreateAsync();

        inactive.MustBeProblem(HttpStatusCode.Conflict, "webhook-inactive");
        Assert.Equal(3, counted.MustBe(HttpStatusCode.OK)["count"].GetInt32());
        deleted.MustBeProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Theory]
    [InlineData("{}", "from to statuses")]
    [InlineData("""{"from":"-1h","to":"-2h","statuses":["failed"]}""", "from")]
    [InlineData("""{"from":"-1h","to":"-1h","statuses":["failed"]}""", "from")]
    [InlineData("""{"from":"-1h","to":"+1h","statuses":["failed"]}""", "to")]
    [InlineData("""{"from":"-2400h","to":"-1h","statuses":["failed"]}""", "from")]
    [InlineData("""{"from":"yesterday","to":"-1h","statuses":["failed"]}""", "from")]
    [InlineData("""{"from":"-2h","to":"-1h","statuses":[]}""", "statuses")]
    [InlineData("""{"from":"-2h","to":"-1h","statuses":"failed"}""", "statuses")]
    [InlineData("""{"from":"-2h","to":"-1h","statuses":["failed","pending","succeeded"]}""", "statuses[1] statuses[2]")]
    [InlineData("""{"from":"-2h","to":"-1h","statuses":["failed"],"events":[]}""", "events")]
    [InlineData("""{"from":"-2h","to":"-1h","statuses":["failed"],"events":["user.craeted"]}""", "events[0]")]
    [InlineData("""{"from":"-2h","to":"-1h","statuses":["failed"],"rate":0}""", "rate")]
    [InlineData("""{"from":"-2h","to":"-1h","statuses":["failed"],"rate":10001}""", "rate")]
    [InlineData("""{"from":"-2h","to":"-1h","statuses":["failed"],"rate":1.5}""", "rate")]
    [InlineData("""{"from":"-2h","to":"-1h","statuses":["failed"],"response_status":99}""", "response_status")]
    [InlineData("""{"from":"-2h","to":"-1h","statuses":["failed"],"dryrun":true}""", "dryrun")]
    public async Task A_window_that_is_reversed_empty_in_the_future_or_older_than_what_is_kept_and_other_mistakes_are_refused(
        string body, string fields)
    {
        foreach (var (offset, hours) in new[] { ("-1h", -1), ("-2h", -2), ("+1h", 1), ("-2400h", -2400) })
        {
            var time = DateTime.UtcNow.AddHours(hours).ToString("O", CultureInfo.InvariantCulture);
            body = body.Replace($"\"{offset}\"", $"\"{time}\"", StringComparison.Ordinal);
        }

        (await _client.Post(Recoveries, body)).MustRefuse(fields.Split(' '));

        Assert.Empty((await _client.Get(Recoveries)).Data);
    }

    [Fact]
    public async Task The_refusal_of_a_window_that_is_too_old_says_from_when_deliveries_are_kept()
    {
        var from = DateTime.UtcNow - (2 * new WebhooksOptions().DeliveryRetention);

        var refused = await _client.Post(
            Recoveries, $$"""{"from":"{{from:O}}","to":"{{DateTime.UtcNow:O}}","statuses":["failed"]}""");

        Assert.Contains("90 days", Assert.Single(refused.Errors("from")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recoveries_are_listed_in_pages_newest_first()
    {
        var ids = new List<Guid>();
        for (var number = 0; number < 3; number++)
        {
            var begun = await CreateAsync();
            ids.Insert(0, begun["id"].GetGuid());
            await ChangeAsync(begun, "cancel");
        }

        var first = await _client.Get(Recoveries + "?limit=2");
        var second = await _client.Get($"{Recoveries}?limit=2&cursor={first["next_cursor"]}");

        Assert.Equal(ids, first.Data.Concat(second.Data).Select(recovery => recovery.GetProperty("id").GetGuid()));
        Assert.Equal(JsonValueKind.Null, second["next_cursor"].ValueKind);
    }

    private static string Body(string more = "") =>
        $$"""{"from":"{{DateTime.UtcNow.AddHours(-1):O}}","to":"{{DateTime.UtcNow.AddSeconds(30):O}}","statuses":["failed"]{{more}}}""";

    private async Task<Answer> CreateAsync(string more = "", string? key = null)
    {
        var body = more.Length == 0 ? _body : Body(more);
        using var request = new HttpRequestMessage(HttpMethod.Post, Recoveries) { Content = new StringContent(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await _client.CallAsync(request);
    }

    private Task<Answer> ChangeAsync(Answer recovery, string change) => _client.Post($"{Recoveries}/{recovery["id"]}/{change}");

    private async Task ExecuteAsync(string sql)
    {
        await using var command = api.Database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
