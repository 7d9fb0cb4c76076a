using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.DurableTask.Client;
using Webhooks.Functions.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Functions.Tests.Http;

public sealed class HttpFunctionTests : IAsyncLifetime
{
    private readonly Guid _organization = Guid.NewGuid();
    private FunctionsApp _app = null!;
    private HttpClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await FunctionsApp.StartAsync();
        _client = _app.For(_organization);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return _app.DisposeAsync();
    }

    [Fact]
    public async Task A_webhook_is_created_listed_shown_changed_and_deleted()
    {
        var created = await SendAsync(HttpMethod.Post, "/api/v1/webhooks",
            """{"url":"http://127.0.0.1:9000/hook","events":["user.created"]}""", HttpStatusCode.Created);
        var id = created.GetProperty("id").GetString();
        Assert.StartsWith("whsec_", created.GetProperty("secret").GetString());

        var list = await SendAsync(HttpMethod.Get, "/api/v1/webhooks?active=true", null, HttpStatusCode.OK);
        Assert.Equal(id, Assert.Single(list.GetProperty("data").EnumerateArray()).GetProperty("id").GetString());

        await SendAsync(HttpMethod.Patch, $"/api/v1/webhooks/{id}", """{"description":"mine"}""", HttpStatusCode.OK);
        var shown = await SendAsync(HttpMethod.Get, $"/api/v1/webhooks/{id}", null, HttpStatusCode.OK);
        Assert.Equal("mine", shown.GetProperty("description").GetString());

        Assert.Equal(HttpStatusCode.NoContent, (await _client.DeleteAsync($"/api/v1/webhooks/{id}", Cancel)).StatusCode);
        await SendAsync(HttpMethod.Get, $"/api/v1/webhooks/{id}", null, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("GET", "/api/v1/nothing", HttpStatusCode.NotFound)]
    [InlineData("GET", "/elsewhere", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/api/v1/webhooks", HttpStatusCode.MethodNotAllowed)]
    public async Task What_is_not_an_operation_is_answered_by_the_api_too(string method, string path, HttpStatusCode expected)
    {
        var problem = await SendAsync(new HttpMethod(method), path, null, expected);

        Assert.Equal((int)expected, problem.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task A_test_is_sent_and_answered()
    {
        await using var receiver = await Receiver.StartAsync();
        var webhook = await _app.AddWebhookAsync(_organization, receiver.Url);

        var result = await SendAsync(HttpMethod.Post, $"/api/v1/webhooks/{webhook}/test", null, HttpStatusCode.OK);

        Assert.Equal("succeeded", result.GetProperty("status").GetString());
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task Publishing_over_http_puts_fan_out_messages_on_the_queue_after_the_commit()
    {
        for (var webhook = 0; webhook < 2; webhook++)
        {
            await _app.AddWebhookAsync(_organization);
        }

        var deliveries = await _app.PublishAsync(_organization);

        var message = Assert.Single(await _app.Queues.TakeDeliveriesAsync());
        Assert.Equal(deliveries, AppQueues.Ids([message]).Order());
    }

    [Fact]
    public async Task A_missing_queue_is_made()
    {
        await _app.AddWebhookAsync(_organization);
        await _app.Queues.Deliveries.DeleteAsync(Cancel);

        var delivery = Assert.Single(await _app.PublishAsync(_organization));

        Assert.Equal([delivery], AppQueues.Ids(await _app.Queues.TakeDeliveriesAsync()));
    }

    [Fact]
    public async Task What_a_queue_message_cannot_carry_can_be_published_over_http()
    {
        await _app.AddWebhookAsync(_organization);
        var large = new string('x', 100 * 1024);

        using var response = await _client.PostAsJsonAsync("/api/v1/events", new { @event = "user.created", data = new { large } }, Cancel);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Single(await _app.Queues.TakeDeliveriesAsync());
    }

    [Fact]
    public async Task A_delivery_is_shown_with_its_orchestrations_runtime_status()
    {
        var webhook = await _app.AddWebhookAsync(_organization);
        var delivery = Assert.Single(await _app.PublishAsync(_organization));
        var path = $"/api/v1/webhooks/{webhook}/deliveries/{delivery}";
        Assert.False((await SendAsync(HttpMethod.Get, path, null, HttpStatusCode.OK)).TryGetProperty("orchestration", out _));

        _app.Orchestrations.Set(delivery.ToString(), OrchestrationRuntimeStatus.Running);
        var shown = await SendAsync(HttpMethod.Get, path, null, HttpStatusCode.OK);

        Assert.Equal("Running", shown.GetProperty("orchestration").GetProperty("runtime_status").GetString());
        Assert.True(shown.GetProperty("orchestration").TryGetProperty("last_updated_at", out _));
    }

    [Fact]
    public async Task A_delivery_is_shown_also_when_the_task_hub_cannot_be_asked()
    {
        var webhook = await _app.AddWebhookAsync(_organization);
        var delivery = Assert.Single(await _app.PublishAsync(_organization));
        _app.Orchestrations.Failure = new InvalidOperationException("The task hub is away.");

        var shown = await SendAsync(HttpMethod.Get, $"/api/v1/webhooks/{webhook}/deliveries/{delivery}", null, HttpStatusCode.OK);

        Assert.Equal("pending", shown.GetProperty("status").GetString());
        Assert.False(shown.TryGetProperty("orchestration", out _));
    }

    [Fact]
    public async Task Another_organizations_delivery_is_not_found_and_its_orchestration_not_asked_for()
    {
        var webhook = await _app.AddWebhookAsync(_organization);
        var delivery = Assert.Single(await _app.PublishAsync(_organization));
        _app.Orchestrations.Failure = new InvalidOperationException("Nobody asks.");
        using var other = _app.For(Guid.NewGuid());

        using var response = await other.GetAsync($"/api/v1/webhooks/{webhook}/deliveries/{delivery}", Cancel);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.DoesNotContain(_app.Logs.Lines, line => line.Text.Contains("without its orchestration"));
    }

    [Fact]
    public async Task A_request_without_a_token_is_refused_with_a_problem_that_says_how_to_authenticate()
    {
        using var anonymous = _app.Anonymous();

        using var response = await anonymous.GetAsync("/api/v1/webhooks", Cancel);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.StartsWith("Bearer", response.Headers.WwwAuthenticate.ToString());
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Malformed_json_is_a_problem_and_not_an_error_of_the_app()
    {
        using var response = await _client.PostAsync("/api/v1/webhooks", new StringContent("{", Encoding.UTF8, "text/plain"), Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/docs")]
    public async Task Health_and_the_reference_page_are_open_to_anyone(string path)
    {
        using var anonymous = _app.Anonymous();

        using var response = await anonymous.GetAsync(path, Cancel);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task The_openapi_document_describes_every_operation()
    {
        using var anonymous = _app.Anonymous();

        var document = await anonymous.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Cancel);

        var operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject())
            .Where(operation => operation.Value.TryGetProperty("operationId", out _))
            .Select(operation => operation.Value.GetProperty("operationId").GetString());
        Assert.Superset(new HashSet<string?>(["CreateWebhook", "GetDelivery", "PublishEvents"]), new HashSet<string?>(operations));
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, string? body, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        };
        using var response = await _client.SendAsync(request, Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == expected, $"{response.StatusCode}: {text}");
        return JsonElement.Parse(text);
    }
}
