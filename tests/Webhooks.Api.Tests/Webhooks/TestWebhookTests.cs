using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Api.Tests.Webhooks;

public sealed class TestWebhookTests(SharedApi api)
{
    [Fact]
    public async Task The_sample_of_the_first_event_type_is_sent_signed_and_its_result_answered()
    {
        await using var receiver = await Receiver.StartAsync();
        using var client = api.Server.ForNewOrganization();
        var created = await client.Post(
            Calls.Webhooks, $$"""{"url":"{{receiver.Url}}/hook","events":["invoice.paid","user.created"],"active":false}""");
        var path = $"{Calls.Webhooks}/{created["id"].GetString()}";

        var result = (await client.Post(path + "/test")).MustBe(HttpStatusCode.OK);

        Assert.Equal("succeeded", result["status"].GetString());
        Assert.True(result["test"].GetBoolean());
        Assert.Equal("invoice.paid", result["event"].GetString());
        Assert.Equal(200, result["response_status"].GetInt32());
        Assert.Equal(1, result["attempt_number"].GetInt32());
        var request = Assert.Single(receiver.Requests);
        Assert.Equal(request.Text, result["payload"].GetRawText());
        var key = Encoding.UTF8.GetBytes(created["secret"].GetString()!);
        Assert.Equal(Convert.ToHexStringLower(HMACSHA256.HashData(key, request.Body)), request.Header("X-Webhook-Signature"));
        Assert.Equal(result["id"].GetString(), (await client.Get(path + "/deliveries")).Data.Single().GetProperty("id").GetString());
    }

    [Fact]
    public async Task The_body_may_choose_the_event_type()
    {
        await using var receiver = await Receiver.StartAsync();
        using var client = api.Server.ForNewOrganization();
        var id = await client.CreateWebhookAsync(receiver.Url, "*");

        var result = await client.Post($"{Calls.Webhooks}/{id}/test", """{"event":"device.offline"}""");

        Assert.Equal("device.offline", result.MustBe(HttpStatusCode.OK)["event"].GetString());
        Assert.Equal("device.offline", JsonElement.Parse(receiver.Requests.Single().Text).GetProperty("event").GetString());
    }

    [Fact]
    public async Task The_body_may_have_the_data_which_is_sent_as_that_of_a_published_event()
    {
        await using var receiver = await Receiver.StartAsync();
        using var client = api.Server.ForNewOrganization();
        var id = await client.CreateWebhookAsync(receiver.Url, "*");

        var result = await client.Post(
            $"{Calls.Webhooks}/{id}/test", """{"event":"invoice.paid","data":{"amount":12.50,"of":"Zoë","note":null}}""");

        result.MustBe(HttpStatusCode.OK);
        var request = receiver.Requests.Single();
        Assert.Equal("invoice.paid", request.Header("X-Webhook-Event"));
        Assert.Contains("12.50", request.Text, StringComparison.Ordinal);
        Assert.True(JsonElement.DeepEquals(
            JsonElement.Parse("""{"amount":12.50,"of":"Zoë","note":null}"""), JsonElement.Parse(request.Text).GetProperty("data")));
    }

    [Theory]
    [InlineData("""{"data":{}}""", "event", "missing")]
    [InlineData("""{"event":"invoice.piad","data":{}}""", "event", "Did you mean invoice.paid?")]
    [InlineData("""{"event":"invoice.paid","data":[]}""", "data", "must be a JSON object")]
    [InlineData("""{"event":"invoice.paid","data":null}""", "data", "must be a JSON object")]
    [InlineData("""{"event":"invoice.paid","data":{"a":1,"a":2}}""", "data.a", "more than once")]
    [InlineData("""{"event":"invoice.paid","data":{"a":"\u0000"}}""", "data.a", "cannot be stored")]
    [InlineData("""{"event":"invoice.paid","data":{},"id":"x"}""", "id", "")]
    public async Task Data_that_could_not_be_published_is_refused_and_nothing_is_sent(string body, string field, string advice)
    {
        await using var receiver = await Receiver.StartAsync();
        using var client = api.Server.ForNewOrganization();
        var id = await client.CreateWebhookAsync(receiver.Url, "*");

        var answer = await client.Post($"{Calls.Webhooks}/{id}/test", body);

        answer.MustRefuse(field);
        Assert.Contains(advice, answer.Text, StringComparison.Ordinal);
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task A_failure_is_a_result_and_is_not_retried()
    {
        await using var receiver = await Receiver.StartAsync(_ => 500);
        using var client = api.Server.ForNewOrganization();
        var id = await client.CreateWebhookAsync(receiver.Url);

        var result = (await client.Post($"{Calls.Webhooks}/{id}/test", "{}")).MustBe(HttpStatusCode.OK);

        Assert.Equal("failed", result["status"].GetString());
        Assert.Equal(500, result["response_status"].GetInt32());
        Assert.Equal(JsonValueKind.Null, result["next_attempt_at"].ValueKind);
        Assert.Equal(500, result["attempts"].EnumerateArray().Single().GetProperty("response_status").GetInt32());
    }

    [Fact]
    public async Task A_receiver_that_does_not_listen_is_told_by_a_code_and_in_words()
    {
        await using var receiver = await Receiver.StartAsync();
        var url = receiver.Url;
        await receiver.DisposeAsync();
        using var client = api.Server.ForNewOrganization();
        var id = await client.CreateWebhookAsync(url);

        var result = (await client.Post($"{Calls.Webhooks}/{id}/test")).MustBe(HttpStatusCode.OK);

        Assert.Equal("connection_refused", result["error"].GetString());
        Assert.Equal(JsonValueKind.Null, result["response_status"].ValueKind);
        Assert.NotEmpty(result["attempts"].EnumerateArray().Single().GetProperty("message").GetString()!);
    }

    [Fact]
    public async Task An_organization_with_many_tests_under_way_is_told_to_wait_and_another_is_served()
    {
        var answering = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync((_, _) => answering.Task);
        using var client = api.Server.ForNewOrganization();
        using var other = api.Server.ForNewOrganization();
        var path = $"{Calls.Webhooks}/{await client.CreateWebhookAsync(receiver.Url)}/test";
        var underWay = Enumerable.Range(0, 5).Select(_ => client.Post(path)).ToArray();
        await Eventually.HoldsAsync(
            () => receiver.Requests.Count == 5, () => $"{receiver.Requests.Count}", TestContext.Current.CancellationToken);

        var refusal = (await client.Post(path)).MustBeProblem(HttpStatusCode.TooManyRequests, "too-many-tests");
        var served = other.Post($"{Calls.Webhooks}/{await other.CreateWebhookAsync(receiver.Url)}/test");
        await Eventually.HoldsAsync(
            () => receiver.Requests.Count == 6, () => $"{receiver.Requests.Count}", TestContext.Current.CancellationToken);

        Assert.Equal(TimeSpan.FromSeconds(5), refusal.Headers.RetryAfter?.Delta);
        answering.SetResult();
        foreach (var test in underWay.Append(served))
        {
            (await test).MustBe(HttpStatusCode.OK);
        }

        (await client.Post(path)).MustBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("""{"event":"user.creatd"}""", "event")]
    [InlineData("""{"event":"*"}""", "event")]
    [InlineData("""{"event":null}""", "event")]
    [InlineData("""{"type":"user.created"}""", "type")]
    public async Task A_body_that_cannot_be_used_is_refused(string json, string field)
    {
        using var client = api.Server.ForNewOrganization();
        var id = await client.CreateWebhookAsync();

        (await client.Post($"{Calls.Webhooks}/{id}/test", json)).MustRefuse(field);
    }
}
