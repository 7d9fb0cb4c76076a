using System.Net;
using System.Net.Sockets;
using Webhooks.Core.Sending;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Sending;

/// <summary>Where webhooks are not sent to, whatever the URL's host says.</summary>
public sealed class WebhookSenderGuardTests
{
    private static readonly WebhooksOptions _nothingAllowed = new() { RequireHttps = false, AttemptTimeout = TimeSpan.FromSeconds(60) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("127。0。0。1")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[::127.0.0.1]")]
    [InlineData("[64:ff9b::127.0.0.1]")]
    [InlineData("169.254.169.254")]
    [InlineData("168.63.129.16")]
    public async Task A_special_address_is_refused_at_every_attempt_too(string host)
    {
        await using var receiver = await Receiver.StartAsync();

        AssertRefused(await Requests.SendOnceAsync($"http://{host}:{receiver.Port}/", _nothingAllowed));

        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task Plain_http_is_refused_at_every_attempt_once_https_is_required()
    {
        await using var receiver = await Receiver.StartAsync();
        var options = new WebhooksOptions { RequireHttps = true, AllowedNetworks = Requests.LocalOptions().AllowedNetworks };

        AssertRefused(await Requests.SendOnceAsync(receiver.Url, options));

        Assert.Empty(receiver.Requests);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("10.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("169.254.169.254")]
    public async Task A_name_that_resolves_to_a_special_address_is_refused_like_one_that_does_not_exist(string address)
    {
        using var sender = new WebhookSender(_nothingAllowed, Resolve(address));
        using var senderWithout = new WebhookSender(_nothingAllowed, (_, _) => throw new SocketException((int)SocketError.HostNotFound));

        var refusal = AssertNameRefused(await sender.SendAsync(Requests.To("http://example.com/"), Token));
        var failure = AssertNameRefused(await senderWithout.SendAsync(Requests.To("http://example.com/"), Token));

        Assert.Equal(failure with { Detail = null }, refusal with { Detail = null });
        Assert.DoesNotContain(address, refusal.Message, StringComparison.Ordinal);
        Assert.Equal($"example.com resolves to {IPAddress.Parse(address)}, where webhooks may not be sent", refusal.Detail);
        Assert.Equal("example.com does not resolve (HostNotFound)", failure.Detail);
    }

    [Theory]
    [InlineData("127.0.0.1", "8.8.8.8")]
    [InlineData("8.8.8.8", "10.0.0.1")]
    [InlineData("2606:4700::1111", "::1")]
    public async Task A_name_with_both_public_and_special_addresses_is_refused(params string[] addresses)
    {
        using var sender = new WebhookSender(_nothingAllowed, Resolve(addresses));

        AssertNameRefused(await sender.SendAsync(Requests.To("http://example.com/"), Token));
    }

    [Fact]
    public async Task All_addresses_are_vetted_though_not_all_are_tried()
    {
        await using var receiver = await Receiver.StartAsync();
        var allowed = Enumerable.Repeat("127.0.0.1", 50);
        using var sender = new WebhookSender(Requests.LocalOptions(), Resolve([.. allowed, "10.0.0.1"]));

        AssertNameRefused(await sender.SendAsync(Requests.To($"http://example.com:{receiver.Port}/"), Token));
    }

    [Fact]
    public async Task A_name_whose_addresses_change_is_vetted_again_at_the_next_connection()
    {
        await using var receiver = RawReceiver.Answering("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        var addresses = new Queue<string>(["127.0.0.1", "10.0.0.1"]);
        using var sender = new WebhookSender(
            Requests.LocalOptions(), (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(addresses.Dequeue())]));
        var request = Requests.To($"http://example.com:{receiver.Port}/");

        Assert.Equal(new SendOutcome.Answered(200, ""), await sender.SendAsync(request, Token));
        AssertNameRefused(await sender.SendAsync(request, Token));
    }

    [Fact]
    public async Task A_name_is_resolved_once_for_a_connection_and_the_vetted_address_is_the_one_connected_to()
    {
        await using var receiver = await Receiver.StartAsync();
        var lookUps = 0;
        using var sender = new WebhookSender(Requests.LocalOptions(), (host, _) =>
        {
            Assert.Equal("example.com", host);
            lookUps++;
            return Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
        });

        await sender.SendAsync(Requests.To($"http://example.com:{receiver.Port}/"), Token);

        Assert.Equal(1, lookUps);
        Assert.Equal($"example.com:{receiver.Port}", Assert.Single(receiver.Requests).Header("Host"));
    }

    [Fact]
    public async Task When_an_address_refuses_the_next_is_tried()
    {
        await using var receiver = await Receiver.StartAsync();
        using var sender = new WebhookSender(Requests.LocalOptions(), Resolve("127.0.0.2", "::1", "127.0.0.1"));

        var outcome = await sender.SendAsync(Requests.To($"http://example.com:{receiver.Port}/"), Token);

        Assert.Equal(new SendOutcome.Answered(200, ""), outcome);
    }

    [Theory]
    [InlineData(4, null)]
    [InlineData(600, 4)]
    public async Task When_an_address_is_silent_the_next_is_tried_in_time_whosever_the_time_is(double systems, int? own)
    {
        using var silent = new SilentPort();
        await using var receiver = RawReceiver.Start(
            async (connection, cancellationToken) =>
            {
                await connection.ReadRequestAsync(cancellationToken);
                await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", cancellationToken);
            },
            address: new IPEndPoint(IPAddress.Parse("127.0.0.2"), silent.Number));
        using var sender = new WebhookSender(Requests.LocalOptions(timeout: systems), Resolve("127.0.0.1", "127.0.0.2"));
        TimeSpan? timeout = own is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

        var outcome = await sender.SendAsync(Requests.To($"http://example.com:{silent.Number}/") with { Timeout = timeout }, Token);

        Assert.Equal(new SendOutcome.Answered(200, ""), outcome);
    }

    [Fact]
    public async Task A_mapped_address_in_an_allowed_network_is_reached()
    {
        await using var receiver = await Receiver.StartAsync();

        var outcome = await Requests.SendOnceAsync($"http://[::ffff:127.0.0.1]:{receiver.Port}/");

        Assert.Equal(new SendOutcome.Answered(200, ""), outcome);
    }

    [Fact]
    public async Task An_IPv6_literal_in_an_allowed_network_is_reached()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        await using var receiver = RawReceiver.Start(
            async (connection, cancellationToken) =>
            {
                await connection.ReadRequestAsync(cancellationToken);
                await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", cancellationToken);
            },
            address: new IPEndPoint(IPAddress.IPv6Loopback, 0));

        Assert.Equal(new SendOutcome.Answered(200, ""), await Requests.SendOnceAsync($"http://[::1]:{receiver.Port}/"));
    }

    private static Func<string, CancellationToken, Task<IPAddress[]>> Resolve(params string[] addresses) =>
        (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());

    private static void AssertRefused(SendOutcome outcome) =>
        Assert.Equal(SendError.AddressNotAllowed, Assert.IsType<SendOutcome.NotAnswered>(outcome).Error);

    private static SendOutcome.NotAnswered AssertNameRefused(SendOutcome outcome)
    {
        var refusal = Assert.IsType<SendOutcome.NotAnswered>(outcome);
        Assert.Equal(SendError.DnsError, refusal.Error);
        return refusal;
    }
}
