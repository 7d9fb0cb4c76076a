using System.Net;
using System.Text.Json;
using Webhooks.Api.Authentication;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Api.Tests.SentRequests;

/// <summary>The request of an attempt, as the receiver got it.</summary>
public sealed class SentRequestTests(SharedApi api) : IAsyncLifetime
{
    /// <summary>Of the connection: whoever sends the request again has others.</summary>
    private static readonly string[] _ofConnection = ["Host", "Content-Length", "Connection", "traceparent"];

    private readonly HttpClient _client = api.Server.ForNewOrganization();
    private Receiver _receiver = null!;

    public async ValueTask InitializeAsync() => _receiver = await Receiver.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task It_is_the_one_that_the_receiver_got_byte_by_byte_and_header_by_header()
    {
        const string Test = """{"event":"invoice.paid","data":{"amount":12.50,"of":"Zoë \"Z\" 🦊"}}""";
        var (webhook, delivery) = await TestAsync(settings: "", Test);

        var request = (await _client.Get($"{Path(webhook, delivery)}/request")).MustBe(HttpStatusCode.OK);

        var got = _receiver.Requests.Single();
        Assert.Equal(got.Text, request["body"].GetString());
        Assert.Equal(1, request["attempt"].GetInt32());
        Assert.Equal("POST", request["method"].GetString());
        Assert.Equal(_receiver.Url, request["url"].GetString());
        Assert.Equal(HeadersOf(got), HeadersOf(request["headers"]));
    }

    [Fact]
    public async Task During_an_overlap_it_has_the_signatures_of_both_secrets()
    {
        var (webhook, _) = await TestAsync(settings: "", """{"event":"invoice.paid"}""");
        (await _client.Post($"{Calls.Webhooks}/{webhook}/secret/rotate")).MustBe(HttpStatusCode.OK);
        var delivery = await SendTestAsync(webhook, """{"event":"invoice.paid"}""");

        var request = (await _client.Get($"{Path(webhook, delivery)}/request")).MustBe(HttpStatusCode.OK);

        var got = _receiver.Requests[^1];
        Assert.NotEmpty(got.Header("X-Webhook-Signature-Next")!);
        Assert.Equal(HeadersOf(got), HeadersOf(request["headers"]));
    }

    [Fact]
    public async Task What_a_transform_made_is_shown_as_it_was_sent_and_a_header_of_the_webhooks_own_without_its_value()
    {
        const string Settings = """
            ,"headers":{"X-Api-Key":"only the receiver knows"},
            "transform":"function handler(w) { w.headers['X-Kind'] = w.event; w.payload = {text: 'Grüße'}; return w; }"
            """;
        var (webhook, delivery) = await TestAsync(Settings, """{"event":"invoice.paid"}""");

        var request = (await _client.Get($"{Path(webhook, delivery)}/request")).MustBe(HttpStatusCode.OK);

        var got = _receiver.Requests.Single();
        Assert.Equal("""{"text":"Grüße"}""", request["body"].GetString());
        Assert.Equal(got.Text, request["body"].GetString());
        Assert.Equal("only the receiver knows", got.Header("X-Api-Key"));
        Assert.Equal("********", request["headers"].GetProperty("X-Api-Key").GetString());
        Assert.Equal("invoice.paid", request["headers"].GetProperty("X-Kind").GetString());
        Assert.DoesNotContain("only the receiver knows", request.Text, StringComparison.Ordinal);
        Assert.Equal(got.Header("X-Webhook-Signature"), request["headers"].GetProperty("X-Webhook-Signature").GetString());
    }

    [Fact]
    public async Task An_attempt_that_was_not_made_has_none()
    {
        var (webhook, delivery) = await TestAsync(settings: "", """{"event":"invoice.paid"}""");
        await _client.PublishAsync();
        var deliveries = await _client.Get($"{Calls.Webhooks}/{webhook}/deliveries?status=pending");
        var pending = deliveries.Data.Single().GetProperty("id").GetString()!;

        var second = await _client.Get($"{Path(webhook, delivery)}/request?attempt=2");
        var none = await _client.Get($"{Path(webhook, pending)}/request");

        Assert.Equal(1, (await _client.Get($"{Path(webhook, delivery)}/request?attempt=1"))["attempt"].GetInt32());
        Assert.All([second, none], answer => answer.MustBeProblem(HttpStatusCode.Conflict, "not-sent"));
        Assert.Contains("has 1 attempt", second["detail"].GetString(), StringComparison.Ordinal);
        Assert.Contains("Nothing has been sent yet", none["detail"].GetString(), StringComparison.Ordinal);
        (await _client.Get($"{Path(webhook, delivery)}/request?attempt=0")).MustRefuse("attempt");
    }

    [Fact]
    public async Task What_has_been_erased_is_not_made_again()
    {
        var (webhook, delivery) = await TestAsync(settings: "", """{"event":"invoice.paid"}""");
        (await _client.Post($"{Path(webhook, delivery)}/redact")).MustBe(HttpStatusCode.OK);

        var answer = await _client.Get($"{Path(webhook, delivery)}/request");

        answer.MustBeProblem(HttpStatusCode.Conflict, "delivery-redacted");
    }

    [Fact]
    public async Task It_is_for_those_who_read_the_organizations_webhooks()
    {
        var (webhook, delivery) = await TestAsync(settings: "", """{"event":"invoice.paid"}""");
        using var stranger = api.Server.ForNewOrganization();
        using var publisher = api.Server.For(Guid.NewGuid(), Scopes.PublishEvents);

        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Get($"{Path(webhook, delivery)}/request")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await publisher.Get($"{Path(webhook, delivery)}/request")).Status);
    }

    private static string Path(string webhook, string delivery) => $"{Calls.Webhooks}/{webhook}/deliveries/{delivery}";

    private static SortedDictionary<string, string> HeadersOf(ReceivedRequest request) => new(
        request.Headers
            .Where(header => !_ofConnection.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value),
        StringComparer.Ordinal);

    private static SortedDictionary<string, string> HeadersOf(JsonElement headers) => new(
        headers.EnumerateObject().ToDictionary(header => header.Name.ToLowerInvariant(), header => header.Value.GetString()!),
        StringComparer.Ordinal);

    private async Task<(string Webhook, string Delivery)> TestAsync(string settings, string test)
    {
        var created = await _client.Post(Calls.Webhooks, $$"""{"url":"{{_receiver.Url}}","events":["*"]{{settings}}}""");
        var webhook = created.MustBe(HttpStatusCode.Created)["id"].GetString()!;
        return (webhook, await SendTestAsync(webhook, test));
    }

    private async Task<string> SendTestAsync(string webhook, string test) =>
        (await _client.Post($"{Calls.Webhooks}/{webhook}/test", test)).MustBe(HttpStatusCode.OK)["id"].GetString()!;
}
