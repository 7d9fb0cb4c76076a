using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using CsCheck;
using Webhooks.Core.Sending;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Sending;

/// <summary>Every way to get no answer, and the code it is recorded under.</summary>
public sealed class WebhookSenderFailureTests
{
    private static readonly string[] _pieces =
    [
        "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 101 Up\r\n", "HTTP/1.0 500 \r\n", "\r\n", "\n", "\r", " ",
        ":", "\0",
        "Content-Length: 5\r\n", "Content-Length: 7\r\n", "Content-Length: -1\r\n", "Content-Length: 99999999999999999999\r\n",
        "Content-Length: x\r\n",
        "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n", "Connection: close\r\n", "Content-Encoding: gzip\r\n",
        "Content-Type: text/html; charset=\"\r\n", "Set-Cookie: =;=\r\n", "Location: http://[\r\n", "WWW-Authenticate: Negotiate\r\n",
        "Alt-Svc: h3=\":443\"\r\n", "Retry-After: x\r\n", "Date: never\r\n", " folded\r\n", "\u00E9: \u00E9\r\n", "X: \u00E9\r\n",
        "Trailer: X\r\n",
        "5\r\nhello\r\n", "0\r\n\r\n", "ffffffffffffffff\r\n", "-1\r\n", "5;ext=\"\r\n",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_port_that_nothing_listens_on_is_connection_refused()
    {
        using var port = new ClosedPort();

        AssertNotAnswered(SendError.ConnectionRefused, await Requests.SendOnceAsync($"http://127.0.0.1:{port.Number}/"));
    }

    [Fact]
    public async Task A_network_that_cannot_be_reached_is_connection_failed()
    {
        // Connecting a TCP socket to a broadcast address fails in the kernel, on any machine.
        var options = new WebhooksOptions { RequireHttps = false, AllowedNetworks = [IPNetwork.Parse("255.255.255.255/32")] };

        AssertNotAnswered(SendError.ConnectionFailed, await Requests.SendOnceAsync("http://255.255.255.255/", options));
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_dns_error() =>
        AssertNotAnswered(SendError.DnsError, await Requests.SendOnceAsync("http://no-such-host.invalid/"));

    [Theory]
    [InlineData(SocketError.HostNotFound)]
    [InlineData(SocketError.TryAgain)]
    [InlineData(SocketError.NoData)]
    [InlineData(SocketError.NoRecovery)]
    public async Task Whatever_fails_in_DNS_is_dns_error(SocketError error)
    {
        using var sender = new WebhookSender(Requests.LocalOptions(), (_, _) => throw new SocketException((int)error));

        AssertNotAnswered(SendError.DnsError, await sender.SendAsync(Requests.To("http://example.com/"), Token));
    }

    [Fact]
    public async Task A_name_without_addresses_is_dns_error()
    {
        using var sender = new WebhookSender(Requests.LocalOptions(), (_, _) => Task.FromResult<IPAddress[]>([]));

        AssertNotAnswered(SendError.DnsError, await sender.SendAsync(Requests.To("http://example.com/"), Token));
    }

    [Fact]
    public async Task A_receiver_that_closes_before_it_answers_is_connection_closed()
    {
        await using var receiver = RawReceiver.Start((connection, cancellationToken) => connection.ReadRequestAsync(cancellationToken));

        AssertNotAnswered(SendError.ConnectionClosed, await Requests.SendOnceAsync(receiver.Url));

        // The connection was fresh: nothing is sent twice.
        Assert.Equal(1, receiver.Connections);
    }

    [Fact]
    public async Task A_receiver_that_resets_every_connection_at_once_is_connection_closed_or_failed()
    {
        await using var receiver = RawReceiver.Start((connection, _) =>
        {
            connection.Reset();
            return Task.CompletedTask;
        });

        using var sender = new WebhookSender(Requests.LocalOptions());

        // The reset may come before the connection is taken for made, or after, or right between: all of it within many tries.
        for (var i = 0; i < 200; i++)
        {
            var failure = Assert.IsType<SendOutcome.NotAnswered>(await sender.SendAsync(Requests.To(receiver.Url), Token));
            Assert.True(failure.Error is SendError.ConnectionClosed or SendError.ConnectionFailed, failure.Error);
        }
    }

    [Fact]
    public async Task A_receiver_that_resets_before_it_answers_is_connection_closed()
    {
        await using var receiver = RawReceiver.Start(async (connection, cancellationToken) =>
        {
            await connection.ReadRequestAsync(cancellationToken);
            connection.Reset();
        });

        AssertNotAnswered(SendError.ConnectionClosed, await Requests.SendOnceAsync(receiver.Url));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    public async Task Headers_that_break_off_are_connection_closed(string answer)
    {
        await using var receiver = RawReceiver.Answering(answer);

        AssertNotAnswered(SendError.ConnectionClosed, await Requests.SendOnceAsync(receiver.Url));
    }

    [Fact]
    public async Task A_kept_connection_that_closes_under_the_next_request_is_connection_closed_and_nothing_is_sent_twice()
    {
        var requests = 0;
        await using var receiver = RawReceiver.Start(async (connection, cancellationToken) =>
        {
            await connection.ReadRequestAsync(cancellationToken);
            Interlocked.Increment(ref requests);
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", cancellationToken);
            await connection.ReadRequestAsync(cancellationToken);
            Interlocked.Increment(ref requests);
            await connection.WriteAsync("HTTP/1.1", cancellationToken);
        });
        using var sender = new WebhookSender(Requests.LocalOptions());

        Assert.Equal(new SendOutcome.Answered(200, "ok"), await sender.SendAsync(Requests.To(receiver.Url), Token));
        AssertNotAnswered(SendError.ConnectionClosed, await sender.SendAsync(Requests.To(receiver.Url), Token));

        Assert.Equal(2, requests);
    }

    [Theory]
    [InlineData("hello, this is HTTP/0.9\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("220 mail.example.com ESMTP\r\n")]
    [InlineData("HTTP/2 200\r\n\r\n")]
    [InlineData("HTTP/1.1\r\n\r\n")]
    [InlineData("HTTP/1.1 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 -20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n: no name\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nbad name: x\r\n\r\n")]
    [InlineData("\u0000\u0001\u0002\r\n\r\n")]
    public async Task What_is_not_HTTP_is_invalid_response(string answer)
    {
        await using var receiver = RawReceiver.Answering(answer);

        AssertNotAnswered(SendError.InvalidResponse, await Requests.SendOnceAsync(receiver.Url));
    }

    [Theory]
    [InlineData(1, 100_000)]
    [InlineData(20_000, 5)]
    public async Task Huge_headers_are_invalid_response(int headers, int length)
    {
        var header = $"X-Big: {new string('x', length)}\r\n";
        await using var receiver = RawReceiver.Answering($"HTTP/1.1 200 OK\r\n{string.Concat(Enumerable.Repeat(header, headers))}\r\n");

        AssertNotAnswered(SendError.InvalidResponse, await Requests.SendOnceAsync(receiver.Url));
    }

    [Fact]
    public async Task A_receiver_that_never_answers_is_timeout()
    {
        await using var receiver = RawReceiver.Start((connection, cancellationToken) => connection.WaitForCloseAsync(cancellationToken));

        await AssertTimeoutAsync(receiver.Url);
    }

    [Theory]
    [InlineData(60, 1)]
    [InlineData(1, 30)]
    public async Task Of_the_webhooks_own_time_and_the_systems_the_shorter_one_ends_an_attempt_and_is_named(double systems, int own)
    {
        await using var receiver = RawReceiver.Start((connection, cancellationToken) => connection.WaitForCloseAsync(cancellationToken));
        using var sender = new WebhookSender(Requests.LocalOptions(timeout: systems));
        var started = Stopwatch.GetTimestamp();

        var outcome = await sender.SendAsync(Requests.To(receiver.Url) with { Timeout = TimeSpan.FromSeconds(own) }, Token);

        AssertNotAnswered(SendError.Timeout, outcome);
        Assert.StartsWith(
            "No answer came within 1 s.", Assert.IsType<SendOutcome.NotAnswered>(outcome).Message, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task An_attempt_with_a_time_of_its_own_takes_nothing_from_another_on_the_same_sender()
    {
        await using var receiver = RawReceiver.Start(async (connection, cancellationToken) =>
        {
            await connection.ReadRequestAsync(cancellationToken);
            await Task.Delay(TimeSpan.FromSeconds(3), cancellationToken);
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", cancellationToken);
        });
        using var sender = new WebhookSender(Requests.LocalOptions());
        var others = sender.SendAsync(Requests.To(receiver.Url), Token);

        AssertNotAnswered(
            SendError.Timeout, await sender.SendAsync(Requests.To(receiver.Url) with { Timeout = TimeSpan.FromSeconds(1) }, Token));

        Assert.Equal(new SendOutcome.Answered(200, ""), await others);
    }

    [Fact]
    public async Task A_receiver_that_does_not_read_a_large_request_is_timeout()
    {
        await using var receiver = RawReceiver.Start((_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken));
        using var sender = new WebhookSender(Requests.LocalOptions(timeout: 1));

        AssertNotAnswered(
            SendError.Timeout, await sender.SendAsync(Requests.To(receiver.Url) with { Body = new byte[64 * 1024 * 1024] }, Token));
    }

    [Theory]
    [InlineData("", "H")]
    [InlineData("HTTP/1.1 200 OK\r\n", "X-Slow: x\r\n")]
    public async Task A_head_that_trickles_is_timeout(string start, string drop)
    {
        await using var receiver = RawReceiver.Start(async (connection, cancellationToken) =>
        {
            await connection.ReadRequestAsync(cancellationToken);
            await connection.WriteAsync(start, cancellationToken);
            while (true)
            {
                await connection.WriteAsync(drop, cancellationToken);
                await Task.Delay(100, cancellationToken);
            }
        });

        await AssertTimeoutAsync(receiver.Url);
    }

    [Theory]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    public async Task A_flood_of_interim_answers_ends(string interim)
    {
        await using var receiver = RawReceiver.Start(async (connection, cancellationToken) =>
        {
            await connection.ReadRequestAsync(cancellationToken);
            while (true)
            {
                await connection.WriteAsync(interim, cancellationToken);
            }
        });

        var failure = Assert.IsType<SendOutcome.NotAnswered>(await Requests.SendOnceAsync(receiver.Url, Requests.LocalOptions(timeout: 1)));
        Assert.True(failure.Error is SendError.InvalidResponse or SendError.Timeout, failure.Error);
    }

    [Fact]
    public async Task A_slow_name_server_is_timeout()
    {
        using var sender = new WebhookSender(Requests.LocalOptions(timeout: 1), async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return [];
        });

        AssertNotAnswered(SendError.Timeout, await sender.SendAsync(Requests.To("http://example.com/"), Token));
    }

    [Fact]
    public async Task A_canceled_attempt_has_no_outcome()
    {
        using var canceled = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using var receiver = RawReceiver.Start(async (connection, cancellationToken) =>
        {
            await connection.ReadRequestAsync(cancellationToken);
            await canceled.CancelAsync();
            await connection.WaitForCloseAsync(cancellationToken);
        });
        using var sender = new WebhookSender(Requests.LocalOptions());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sender.SendAsync(Requests.To(receiver.Url), canceled.Token));
    }

    [Fact]
    public async Task Whatever_a_receiver_sends_there_is_an_outcome()
    {
        using var sender = new WebhookSender(Requests.LocalOptions(responseBytes: 100));

        // Pieces of HTTP in any order get further into the parser than random bytes.
        var piece = Gen.Select(
            Gen.Int[0, _pieces.Length - 1],
            Gen.Byte.Array[0, 20],
            (index, bytes) => index == 0 ? string.Concat(bytes.Select(value => (char)value)) : _pieces[index]);

        await Gen.Select(Gen.Bool, piece.Array[0, 12]).SampleAsync(
            async (valid, pieces) =>
            {
                var answer = (valid ? "HTTP/1.1 200 OK\r\n" : "") + string.Concat(pieces);
                await using var receiver = RawReceiver.Answering(answer);
                var outcome = await sender.SendAsync(Requests.To(receiver.Url), Token);
                Assert.True(
                    outcome is SendOutcome.Answered
                        or SendOutcome.NotAnswered { Error: SendError.InvalidResponse or SendError.ConnectionClosed },
                    outcome.ToString());
            },
            iter: 500,
            threads: 4);
    }

    private static async Task AssertTimeoutAsync(string url)
    {
        var started = Stopwatch.GetTimestamp();

        var outcome = await Requests.SendOnceAsync(url, Requests.LocalOptions(timeout: 1));

        AssertNotAnswered(SendError.Timeout, outcome);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(20));
    }

    private static void AssertNotAnswered(string error, SendOutcome outcome)
    {
        var failure = Assert.IsType<SendOutcome.NotAnswered>(outcome);
        Assert.Equal(error, failure.Error);
        Assert.NotEmpty(failure.Message);
        Assert.DoesNotContain("127.0.0.1", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", failure.Message, StringComparison.Ordinal);
    }
}
