using System.Globalization;
using System.Net;
using System.Text.Json;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Statistics;

/// <summary><c>/stats</c> and <c>/webhooks/{id}/stats</c>.</summary>
public sealed class StatisticsTests(SharedApi api)
{
    private const string Stats = "/api/v1/stats";

    [Fact]
    public async Task The_last_day_is_told_by_hour_and_spans_in_which_nothing_was_are_there()
    {
        using var client = api.Server.ForNewOrganization();
        await client.CreateWebhookAsync();
        await client.CreateWebhookAsync(active: false);
        await client.PublishAsync();

        var answer = (await client.Get(Stats)).MustBe(HttpStatusCode.OK);

        Assert.Equal("hour", answer["interval"].GetString());
        var (from, to) = (answer["from"].GetDateTime(), answer["to"].GetDateTime());
        Assert.Equal(TimeSpan.Zero, TimeSpan.FromTicks(from.Ticks % TimeSpan.TicksPerHour));
        Assert.InRange(to - from, TimeSpan.FromHours(24), TimeSpan.FromHours(25));
        Assert.Equal((int)(to - from).TotalHours, answer["series"].GetArrayLength());
        var latest = answer["series"].EnumerateArray().Last(span => span.GetProperty("deliveries").GetInt64() > 0);
        Assert.Equal(2, latest.GetProperty("deliveries").GetInt64());
        Assert.Equal(
            """
            {"at":"AT","deliveries":0,"succeeded":0,"failed":0,"canceled":0,"skipped":0,"attempts":0,"failed_attempts":0,"success_rate":null,"avg_attempts":null,"first_attempt_rate":null,"duration_ms":{"p50":null,"p95":null,"p99":null}}
            """.Replace("AT", Text(from), StringComparison.Ordinal),
            answer["series"][0].GetRawText());
        Assert.Equal(2, answer["totals"].GetProperty("deliveries").GetInt64());
        Assert.Equal(1, answer["totals"].GetProperty("skipped").GetInt64());
        Assert.Equal(0, answer["groups"].GetArrayLength());
        Assert.True(answer["since"].GetDateTime() < DateTime.UtcNow);
    }

    [Fact]
    public async Task What_a_test_counts_is_in_the_groups_of_its_webhook_and_of_the_organization()
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync("http://127.0.0.1:1024/");
        await client.CreateWebhookAsync();
        await client.Post($"{Calls.Webhooks}/{webhook}/test");

        foreach (var path in new[] { Stats, $"{Calls.Webhooks}/{webhook}/stats" })
        {
            var byError = (await client.Get($"{path}?group_by=error")).MustBe(HttpStatusCode.OK);
            var group = Assert.Single(byError["groups"].EnumerateArray());
            Assert.Equal("connection_refused", group.GetProperty("key").GetString());
            Assert.Equal(1, group.GetProperty("failed").GetInt64());
            Assert.Equal(0, group.GetProperty("success_rate").GetDouble());
            Assert.Equal(1, group.GetProperty("avg_attempts").GetDouble());
            Assert.Equal(JsonValueKind.Number, group.GetProperty("duration_ms").GetProperty("p99").ValueKind);
            var byEvent = await client.Get($"{path}?group_by=event&interval=day");
            Assert.Equal("user.created", Assert.Single(byEvent["groups"].EnumerateArray()).GetProperty("key").GetString());
        }

        await client.PublishAsync();
        Assert.Equal(
            JsonValueKind.Null, (await client.Get($"{Stats}?group_by=error"))["groups"][0].GetProperty("key").ValueKind);
    }

    [Fact]
    public async Task One_request_draws_the_sparklines_of_a_list_of_webhooks()
    {
        using var client = api.Server.ForNewOrganization();
        Guid[] webhooks = [await client.CreateWebhookAsync(), await client.CreateWebhookAsync(), await client.CreateWebhookAsync()];
        await client.PublishAsync();

        var all = (await client.Get($"{Stats}?group_by=webhook&interval=hour")).MustBe(HttpStatusCode.OK);
        var two = (await client.Get($"{Stats}?group_by=webhook&webhook_ids={webhooks[0]},{webhooks[2]}")).MustBe(HttpStatusCode.OK);

        Assert.Equal(webhooks.Order(), all["groups"].EnumerateArray().Select(group => group.GetProperty("key").GetGuid()).Order());
        Assert.All(all["groups"].EnumerateArray(), group =>
        {
            Assert.Equal(all["series"].GetArrayLength(), group.GetProperty("series").GetArrayLength());
            Assert.Equal(1, group.GetProperty("series").EnumerateArray().Sum(span => span.GetProperty("deliveries").GetInt64()));
        });
        Assert.Equal(2, two["groups"].GetArrayLength());
        Assert.Equal(0, (await client.Get($"{Stats}?group_by=event"))["groups"][0].GetProperty("series").GetArrayLength());
    }

    [Theory]
    [InlineData("group_by=webhook&interval=minute", "interval", "an answer 200 at most.")]
    [InlineData("group_by=webhook&webhook_ids=1", "webhook_ids", "It must be UUIDs, separated by commas.")]
    [InlineData("group_by=webhook&webhook_ids=", "webhook_ids", "It must be UUIDs, separated by commas.")]
    [InlineData("group_by=webhook&webhook_ids={101}", "webhook_ids", "It has 101 ids; it may have 100.")]
    public async Task Sparklines_are_bounded(string query, string field, string problem)
    {
        using var client = api.Server.ForNewOrganization();
        query = query.Replace(
            "{101}", string.Join(',', Enumerable.Repeat(Guid.NewGuid().ToString(), 101)), StringComparison.Ordinal);

        var answer = (await client.Get($"{Stats}?{query}")).MustRefuse(field);

        Assert.Contains(problem, answer.Errors(field)[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_window_is_widened_to_whole_spans_and_the_answer_says_so()
    {
        using var client = api.Server.ForNewOrganization();
        var now = DateTime.UtcNow;
        var (from, to) = (now.AddHours(-30), now.AddHours(-5));

        var answer = (await client.Get($"{Stats}?from={Text(from)}&to={Text(to)}&interval=day")).MustBe(HttpStatusCode.OK);

        Assert.Equal(from.Date, answer["from"].GetDateTime());
        Assert.Equal(to.Date.AddDays(1), answer["to"].GetDateTime());
    }

    [Theory]
    [InlineData(1, 0, "minute")]
    [InlineData(24 * 7, 0, "hour")]
    [InlineData(24 * 60, 0, "day")]
    [InlineData(24 * 5, (24 * 5) - 1, "hour")]
    public async Task The_interval_suits_the_window_when_none_is_asked_for(int hoursAgo, int untilHoursAgo, string interval)
    {
        using var client = api.Server.ForNewOrganization();

        var answer = await client.Get($"{Stats}?from={Ago(hoursAgo)}&to={Ago(untilHoursAgo)}");

        Assert.Equal(interval, answer.MustBe(HttpStatusCode.OK)["interval"].GetString());
    }

    [Theory]
    [InlineData("interval=week", "interval", "It must be one of minute, hour, day.")]
    [InlineData("group_by=url", "group_by", "It must be one of event, error, webhook.")]
    [InlineData("from=yesterday", "from", "It must be an ISO 8601 time")]
    [InlineData("from={1}&to={2}", "from", "It must be before to.")]
    [InlineData("from={1}&to={1}", "from", "It must be before to.")]
    [InlineData("from=9999-12-31T23:59:59Z", "from", "It must be before now")]
    [InlineData("to=9999-12-31T23:59:59Z", "to", "It must not be more than a year ahead.")]
    [InlineData("to=0001-01-01T00:00:00Z", "from", "It must be before to.")]
    [InlineData("from=0001-01-01T00:00:00Z", "from", "Counts by day are kept for 400 days: not before ")]
    [InlineData("from={72}&interval=minute", "from", "Counts by minute are kept for 2 days: not before ")]
    [InlineData("from={72}&interval=minute", "from", " Or ask for interval=hour.")]
    [InlineData("from={2400}&interval=hour", "from", " Or ask for interval=day.")]
    [InlineData("from={30}&interval=minute", "interval", "an answer 1500 at most. Ask for a shorter window, or for interval=hour.")]
    [InlineData("webhook=1", "webhook", "There is no such query parameter.")]
    public async Task What_cannot_be_answered_is_refused_with_what_to_do(string query, string field, string problem)
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync();
        foreach (var hours in new[] { 1, 2, 30, 72, 2400 })
        {
            query = query.Replace($"{{{hours}}}", Ago(hours), StringComparison.Ordinal);
        }

        foreach (var path in new[] { Stats, $"{Calls.Webhooks}/{webhook}/stats" })
        {
            var answer = (await client.Get($"{path}?{query}")).MustBe(HttpStatusCode.BadRequest);
            Assert.Contains(problem, answer["errors"].GetProperty(field)[0].GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_webhook_of_nobody_and_one_of_another_organization_are_the_same()
    {
        using var client = api.Server.ForNewOrganization();
        using var stranger = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync();
        await client.PublishAsync();

        (await stranger.Get($"{Calls.Webhooks}/{webhook}/stats")).MustBe(HttpStatusCode.NotFound);
        (await stranger.Get($"{Calls.Webhooks}/{Guid.NewGuid()}/stats")).MustBe(HttpStatusCode.NotFound);
        Assert.Equal(0, (await stranger.Get(Stats))["totals"].GetProperty("deliveries").GetInt64());
    }

    [Fact]
    public async Task A_deleted_webhook_has_no_counts_of_its_own_and_stays_in_the_organizations()
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync();
        await client.PublishAsync();
        (await client.Delete($"{Calls.Webhooks}/{webhook}")).MustBe(HttpStatusCode.NoContent);

        (await client.Get($"{Calls.Webhooks}/{webhook}/stats")).MustBe(HttpStatusCode.NotFound);
        var totals = (await client.Get(Stats))["totals"];
        Assert.Equal(1, totals.GetProperty("deliveries").GetInt64());
        Assert.Equal(1, totals.GetProperty("canceled").GetInt64());
    }

    private static string Ago(int hours) => Text(DateTime.UtcNow.AddHours(-hours));

    private static string Text(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
