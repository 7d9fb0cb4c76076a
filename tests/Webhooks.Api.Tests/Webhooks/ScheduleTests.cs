using System.Net;
using System.Text.Json;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Core.Deliveries;

namespace Webhooks.Api.Tests.Webhooks;

/// <summary>A webhook's own <c>retry_delays</c> and <c>timeout_seconds</c>.</summary>
public sealed class ScheduleTests(SharedApi api)
{
    [Fact]
    public async Task A_new_webhook_follows_the_system_unless_said_otherwise()
    {
        using var client = api.Server.ForNewOrganization();

        var silent = (await CreateAsync(client, "")).MustBe(HttpStatusCode.Created);
        var said = (await CreateAsync(client, ""","retry_delays":null,"timeout_seconds":null""")).MustBe(HttpStatusCode.Created);

        Assert.All([silent, said], created =>
        {
            Assert.Equal(JsonValueKind.Null, created["retry_delays"].ValueKind);
            Assert.Equal(JsonValueKind.Null, created["timeout_seconds"].ValueKind);
        });
    }

    [Theory]
    [InlineData("[]", "1")]
    [InlineData("[1]", "30")]
    [InlineData("[604800]", "7")]
    [InlineData("[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,604800]", "null")]
    public async Task Every_answer_with_a_webhook_shows_its_schedule(string delays, string timeout)
    {
        using var client = api.Server.ForNewOrganization();

        var created = await CreateAsync(client, $$""","retry_delays":{{delays}},"timeout_seconds":{{timeout}}""");

        created.MustBe(HttpStatusCode.Created);
        var path = PathOf(created);
        JsonElement[] answers =
        [
            created.Json,
            (await client.Get(path)).Json,
            (await client.Get(Calls.Webhooks)).Data.Single(),
            (await client.Patch(path, """{"description":"other"}""")).Json,
        ];
        Assert.All(answers, answer =>
        {
            Assert.Equal(delays, answer.GetProperty("retry_delays").GetRawText());
            Assert.Equal(timeout, answer.GetProperty("timeout_seconds").GetRawText());
        });
    }

    [Fact]
    public async Task A_change_sets_one_leaves_the_other_and_null_gives_it_back_to_the_system()
    {
        using var client = api.Server.ForNewOrganization();
        var created = await CreateAsync(client, "");
        var path = PathOf(created);

        var set = await client.Patch(path, """{"retry_delays":[5,10],"timeout_seconds":9}""");
        Assert.Equal("[5,10]", set.MustBe(HttpStatusCode.OK)["retry_delays"].GetRawText());
        Assert.Equal(9, set["timeout_seconds"].GetInt32());
        Assert.True(set["updated_at"].GetDateTimeOffset() > created["updated_at"].GetDateTimeOffset());

        var one = await client.Patch(path, """{"retry_delays":[]}""");
        Assert.Equal("[]", one["retry_delays"].GetRawText());
        Assert.Equal(9, one["timeout_seconds"].GetInt32());

        var reset = await client.Patch(path, """{"retry_delays":null,"timeout_seconds":null}""");
        Assert.Equal(JsonValueKind.Null, reset["retry_delays"].ValueKind);
        Assert.Equal(JsonValueKind.Null, reset["timeout_seconds"].ValueKind);
        Assert.Equal(reset.Text, (await client.Get(path)).Text);
    }

    [Theory]
    [InlineData("\"retry_delays\":60", "retry_delays")]
    [InlineData("\"retry_delays\":\"60,300\"", "retry_delays")]
    [InlineData("\"retry_delays\":{\"0\":60}", "retry_delays")]
    [InlineData("\"retry_delays\":false", "retry_delays")]
    [InlineData("\"retry_delays\":[1,0]", "retry_delays[1]")]
    [InlineData("\"retry_delays\":[-1]", "retry_delays[0]")]
    [InlineData("\"retry_delays\":[604801]", "retry_delays[0]")]
    [InlineData("\"retry_delays\":[1.5]", "retry_delays[0]")]
    [InlineData("\"retry_delays\":[1e99]", "retry_delays[0]")]
    [InlineData("\"retry_delays\":[99999999999]", "retry_delays[0]")]
    [InlineData("\"retry_delays\":[\"60\"]", "retry_delays[0]")]
    [InlineData("\"retry_delays\":[60,null]", "retry_delays[1]")]
    [InlineData("\"retry_delays\":[[60]]", "retry_delays[0]")]
    [InlineData("\"retry_delays\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "retry_delays")]
    [InlineData("\"retry_delays\":[1],\"retry_delays\":[2]", "retry_delays")]
    [InlineData("\"timeout_seconds\":0", "timeout_seconds")]
    [InlineData("\"timeout_seconds\":31", "timeout_seconds")]
    [InlineData("\"timeout_seconds\":-1", "timeout_seconds")]
    [InlineData("\"timeout_seconds\":2.5", "timeout_seconds")]
    [InlineData("\"timeout_seconds\":\"5\"", "timeout_seconds")]
    [InlineData("\"timeout_seconds\":[5]", "timeout_seconds")]
    [InlineData("\"timeout_seconds\":true", "timeout_seconds")]
    public async Task A_schedule_that_cannot_be_used_is_refused_by_its_field_and_changes_nothing(string json, string field)
    {
        using var client = api.Server.ForNewOrganization();
        (await CreateAsync(client, "," + json)).MustRefuse(field);
        Assert.Empty((await client.Get(Calls.Webhooks)).Data);

        var created = await CreateAsync(client, ""","retry_delays":[7],"timeout_seconds":7""");
        var before = await client.Get(PathOf(created));
        (await client.Patch(PathOf(created), $$"""{"description":"other",{{json}}}""")).MustRefuse(field);
        Assert.Equal(before.Text, (await client.Get(PathOf(created))).Text);
    }

    [Fact]
    public async Task Everything_that_is_wrong_with_a_schedule_is_told_at_once()
    {
        using var client = api.Server.ForNewOrganization();

        var refused = await CreateAsync(client, ""","retry_delays":[0,60,"1"],"timeout_seconds":40""");

        refused.MustRefuse("retry_delays[0]", "retry_delays[2]", "timeout_seconds");
        Assert.Equal(
            "It must be a whole number from 1 to 604800, but it is another number.", refused.Errors("retry_delays[0]").Single());
        Assert.Equal("It must be a whole number from 1 to 604800, but it is a string.", refused.Errors("retry_delays[2]").Single());
        Assert.Equal("It must be a whole number from 1 to 30, but it is another number.", refused.Errors("timeout_seconds").Single());
    }

    [Theory]
    [InlineData(11, 0, true)]
    [InlineData(11, 518_400, true)]
    [InlineData(11, 518_401, false)]
    [InlineData(20, 0, false)]
    public async Task Waits_that_would_outlast_what_deliveries_are_kept_for_are_refused(int weeks, int more, bool accepted)
    {
        // Kept for 90 days, so the waits may add up to 83.
        using var client = api.Server.ForNewOrganization();
        var delays = Enumerable.Repeat(WebhookSchedule.LongestDelay, weeks).Concat(more > 0 ? [more] : []);

        var created = await CreateAsync(client, $$""","retry_delays":{{JsonSerializer.Serialize(delays)}}""");

        if (accepted)
        {
            created.MustBe(HttpStatusCode.Created);
        }
        else
        {
            created.MustRefuse("retry_delays");
            Assert.Contains("may add up to 7171200 s", created.Errors("retry_delays").Single(), StringComparison.Ordinal);
            Assert.Contains("kept for 90 days", created.Errors("retry_delays").Single(), StringComparison.Ordinal);
        }
    }

    private static string PathOf(Answer created) => $"{Calls.Webhooks}/{created["id"].GetString()}";

    /// <param name="client">The organization's.</param>
    /// <param name="more">Fields, each with a comma before it.</param>
    private static Task<Answer> CreateAsync(HttpClient client, string more) =>
        client.Post(Calls.Webhooks, $$"""{"url":"http://127.0.0.1:9000/hook","events":["*"]{{more}}}""");
}
