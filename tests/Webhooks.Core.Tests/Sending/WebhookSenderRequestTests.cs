using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Webhooks.Core.Sending;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Sending;

/// <summary>What a receiver gets.</summary>
public sealed class WebhookSenderRequestTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_receiver_gets_a_POST_with_exactly_the_documented_headers_and_the_body_unchanged()
    {
        await using var receiver = await Receiver.StartAsync();
        var request = Requests.To(receiver.Url + "/hooks?tenant=7") with
        {
            AttemptNumber = 3,
            Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_999),
        };

        using var sender = new WebhookSender(Requests.LocalOptions());
        await sender.SendAsync(request, Token);

        var received = Assert.Single(receiver.Requests);
        Assert.Equal("POST", received.Method);
        Assert.Equal("/hooks?tenant=7", received.Path);
        Assert.Equal(request.Body.ToArray(), received.Body);
        Assert.Equal("application/json; charset=utf-8", received.Header("Content-Type"));
        Assert.Equal(request.Body.Length.ToString(CultureInfo.InvariantCulture), received.Header("Content-Length"));
        Assert.Equal("*/*", received.Header("Accept"));
        Assert.Matches(@"^Webhooks/\d+\.\d+\.\d+$", received.Header("User-Agent"));
        Assert.Equal(request.EventId.ToString(), received.Header("webhook-id"));
        Assert.Equal("1700000000", received.Header("webhook-timestamp"));
        Assert.Equal("user.created", received.Header("X-Webhook-Event"));
        Assert.Equal(request.DeliveryId.ToString(), received.Header("X-Webhook-Delivery"));
        Assert.Equal("3", received.Header("X-Webhook-Attempt"));
        Assert.Equal(
            [
                "Accept", "Content-Length", "Content-Type", "Host", "User-Agent", "webhook-id", "webhook-signature", "webhook-timestamp",
                "X-Webhook-Attempt", "X-Webhook-Delivery", "X-Webhook-Event", "X-Webhook-Signature",
            ],
            received.Headers.Keys.Order(StringComparer.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("/%41%7E", "/%41%7E")]
    [InlineData("/a/%2e%2e/b", "/a/%2e%2e/b")]
    [InlineData("/a/../b/./c", "/a/../b/./c")]
    [InlineData("//a///b/", "//a///b/")]
    [InlineData("/a%2Fb%5C?x=%41&y=%zz&z[]=1", "/a%2Fb%5C?x=%41&y=%zz&z[]=1")]
    [InlineData("/?", "/?")]
    [InlineData("", "/")]
    [InlineData("?x=1", "/?x=1")]
    [InlineData("/füße?ü={1}", "/f%C3%BC%C3%9Fe?%C3%BC=%7B1%7D")]
    public async Task The_target_of_the_request_is_what_the_url_says_byte_for_byte(string path, string target)
    {
        var head = new TaskCompletionSource<string>();
        await using var receiver = RawReceiver.Start(async (connection, cancellationToken) =>
        {
            head.SetResult(await connection.ReadRequestAsync(cancellationToken));
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", cancellationToken);
        });

        await Requests.SendOnceAsync(receiver.Url + path);

        Assert.StartsWith($"POST {target} HTTP/1.1\r\nHost: 127.0.0.1:{receiver.Port}\r\n", await head.Task, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_can_verify_both_signatures_with_the_secret()
    {
        await using var receiver = await Receiver.StartAsync();

        await Requests.SendOnceAsync(receiver.Url);

        var received = Assert.Single(receiver.Requests);
        var ofBody = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Requests.Secret), received.Body);
        Assert.Equal(Convert.ToHexStringLower(ofBody), received.Header("X-Webhook-Signature"));

        var content = Encoding.UTF8.GetBytes($"{received.Header("webhook-id")}.{received.Header("webhook-timestamp")}.{received.Text}");
        var standard = HMACSHA256.HashData(Convert.FromBase64String(Requests.Secret["whsec_".Length..]), content);
        Assert.Equal($"v1,{Convert.ToBase64String(standard)}", received.Header("webhook-signature"));
    }

    [Fact]
    public async Task A_large_body_is_sent_whole_without_chunks_and_without_asking_first()
    {
        await using var receiver = await Receiver.StartAsync();
        var request = Requests.To(receiver.Url) with { Body = Encoding.UTF8.GetBytes($"\"{new string('x', 1_000_000)}\"") };

        using var sender = new WebhookSender(Requests.LocalOptions());
        await sender.SendAsync(request, Token);

        var received = Assert.Single(receiver.Requests);
        Assert.Equal(1_000_002, received.Body.Length);
        Assert.Null(received.Header("Transfer-Encoding"));
        Assert.Null(received.Header("Expect"));
    }

    [Fact]
    public async Task Trace_context_and_baggage_stay_inside()
    {
        await using var receiver = await Receiver.StartAsync();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var activity = new Activity("deliver").SetIdFormat(ActivityIdFormat.W3C).AddBaggage("customer", "somebody").Start();
        activity.TraceStateString = "internal=1";

        await Requests.SendOnceAsync(receiver.Url);

        var received = Assert.Single(receiver.Requests);
        Assert.DoesNotContain(
            received.Headers.Keys,
            name => name.ToLowerInvariant() is "traceparent" or "tracestate" or "baggage" or "correlation-context" or "request-id");
    }

    [Fact]
    public async Task A_receiver_s_cookie_is_not_sent_back()
    {
        await using var receiver = await Receiver.StartAsync((_, context) =>
        {
            context.Response.Headers.SetCookie = "session=1; Path=/";
            return Task.CompletedTask;
        });
        using var sender = new WebhookSender(Requests.LocalOptions());

        await sender.SendAsync(Requests.To(receiver.Url), Token);
        await sender.SendAsync(Requests.To(receiver.Url), Token);

        Assert.Equal(2, receiver.Requests.Count);
        Assert.All(receiver.Requests, received => Assert.Null(received.Header("Cookie")));
    }
}
