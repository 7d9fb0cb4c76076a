using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Webhooks.Client.Publishing;

namespace Webhooks.Client.Tests.Publishing;

public sealed class HttpPublisherTests
{
    private const string Accepted = """
        {"id":"0198f2a4-7c1e-7a35-9b3e-2f1d0c9b8a76","event":"user.created","org_id":"7c9e6679-7425-40de-944b-e07fc1f90ae7","deliveries":2}
        """;

    private static readonly Guid _orgId = Guid.Parse("7c9e6679-7425-40de-944b-e07fc1f90ae7");

    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_is_posted_with_the_token_and_the_answer_is_given_back()
    {
        await using var api = await ApiStandIn.StartAsync(ApiStandIn.Json(202, Accepted));

        var published = await Publisher(api).PublishAsync(_orgId, "user.created", new { UserId = 7 }, Cancel);

        Assert.Equal(new PublishedEvent(Guid.Parse("0198f2a4-7c1e-7a35-9b3e-2f1d0c9b8a76"), "user.created", _orgId, 2), published);
        var (authorization, contentType, body) = Assert.Single(api.Requests);
        Assert.Equal("Bearer token-1", authorization);
        Assert.Equal("application/json", contentType);
        var sent = JsonElement.Parse(body);
        Assert.Equal(_orgId, sent.GetProperty("org_id").GetGuid());
        Assert.Equal("user.created", sent.GetProperty("event").GetString());
        Assert.Equal("""{"user_id":7}""", sent.GetProperty("data").GetRawText());
        Assert.Equal(7, sent.GetProperty("id").GetGuid().Version);
    }

    [Fact]
    public async Task Many_events_are_posted_as_one_array()
    {
        await using var api = await ApiStandIn.StartAsync(ApiStandIn.Json(202, $$"""{"data":[{{Accepted}},{{Accepted}}]}"""));

        var published = await Publisher(api).PublishAsync(
            [new WebhookEvent(_orgId, "user.created", new { }), new WebhookEvent(_orgId, "user.created", new { })], Cancel);

        Assert.Equal(2, published.Count);
        Assert.Equal(2, JsonElement.Parse(Assert.Single(api.Requests).Body).GetArrayLength());
    }

    [Fact]
    public async Task No_events_need_no_request()
    {
        await using var api = await ApiStandIn.StartAsync(ApiStandIn.Status(500));

        Assert.Empty(await Publisher(api).PublishAsync([], Cancel));
        Assert.Empty(api.Requests);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    public async Task A_passing_failure_is_tried_again_with_the_same_id_and_a_new_token(int status)
    {
        await using var api = await ApiStandIn.StartAsync(ApiStandIn.Status(status), ApiStandIn.Abort, ApiStandIn.Json(202, Accepted));

        var published = await WithTimePassingAsync(Publisher(api).PublishAsync(_orgId, "user.created", new { }, Cancel));

        Assert.Equal(2, published.Deliveries);
        Assert.Equal(["Bearer token-1", "Bearer token-2", "Bearer token-3"], api.Requests.Select(request => request.Authorization));
        Assert.Single(api.Requests.Select(request => request.Body).Distinct());
    }

    [Fact]
    public async Task After_four_failures_the_last_is_reported()
    {
        await using var api = await ApiStandIn.StartAsync(ApiStandIn.Json(503, "<html>down</html>", "text/html"));

        var refused = await Assert.ThrowsAsync<WebhookApiException>(
            () => WithTimePassingAsync(Publisher(api).PublishAsync(_orgId, "user.created", new { }, Cancel)));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
        Assert.Equal("The webhooks API answered 503 Service Unavailable.", refused.Message);
        Assert.Equal(4, api.Requests.Count);
    }

    [Fact]
    public async Task An_API_that_cannot_be_reached_is_reported_after_four_tries()
    {
        await using var api = await ApiStandIn.StartAsync(ApiStandIn.Abort);

        await Assert.ThrowsAsync<HttpRequestException>(
            () => WithTimePassingAsync(Publisher(api).PublishAsync(_orgId, "user.created", new { }, Cancel)));

        Assert.Equal(4, api.Requests.Count);
    }

    [Fact]
    public async Task The_API_may_ask_for_a_longer_wait()
    {
        DateTimeOffset asked = default, again = default;
        await using var api = await ApiStandIn.StartAsync(
            context =>
            {
                asked = _clock.GetUtcNow();
                context.Response.Headers.RetryAfter = "20";
                return ApiStandIn.Status(429)(context);
            },
            context =>
            {
                again = _clock.GetUtcNow();
                return ApiStandIn.Json(202, Accepted)(context);
            });

        await WithTimePassingAsync(Publisher(api).PublishAsync(_orgId, "user.created", new { }, Cancel));

        Assert.True(again - asked >= TimeSpan.FromSeconds(20), $"It waited for {again - asked}.");
    }

    [Fact]
    public async Task A_refusal_is_final_and_says_which_field_is_wrong()
    {
        await using var api = await ApiStandIn.StartAsync(ApiStandIn.Json(
            400,
            """{"title":"The request is invalid.","status":400,"errors":"""
            + """{"event":["'user.create' is not an event type. Did you mean user.created?"]}}""",
            "application/problem+json"));

        var refused = await Assert.ThrowsAsync<WebhookApiException>(
            () => Publisher(api).PublishAsync(_orgId, "user.create", new { }, Cancel));

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Equal(["'user.create' is not an event type. Did you mean user.created?"], refused.Errors["event"]);
        Assert.Contains("event: 'user.create' is not an event type.", refused.Message, StringComparison.Ordinal);
        Assert.Single(api.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"errors":1}""")]
    public async Task A_refusal_whose_reason_cannot_be_read_is_still_a_refusal(string body)
    {
        await using var api = await ApiStandIn.StartAsync(ApiStandIn.Json(403, body, "application/problem+json"));

        var refused = await Assert.ThrowsAsync<WebhookApiException>(
            () => Publisher(api).PublishAsync(_orgId, "user.created", new { }, Cancel));

        Assert.Equal("The webhooks API answered 403 Forbidden.", refused.Message);
        Assert.Empty(refused.Errors);
    }

    [Fact]
    public async Task A_canceled_call_is_not_tried_again()
    {
        using var canceled = new CancellationTokenSource();
        await using var api = await ApiStandIn.StartAsync(context =>
        {
            canceled.Cancel();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Publisher(api).PublishAsync(_orgId, "user.created", new { }, canceled.Token));

        Assert.Single(api.Requests);
    }

    private HttpPublisher Publisher(ApiStandIn api)
    {
        var tokens = 0;
        return new HttpPublisher(api.Client, _ => ValueTask.FromResult($"token-{++tokens}"), _clock);
    }

    /// <summary>Lets the clock run until a call ends.</summary>
    private async Task<T> WithTimePassingAsync<T>(Task<T> call)
    {
        while (await Task.WhenAny(call, Task.Delay(5, Cancel)) != call)
        {
            _clock.Advance(TimeSpan.FromSeconds(0.5));
        }

        return await call;
    }
}
