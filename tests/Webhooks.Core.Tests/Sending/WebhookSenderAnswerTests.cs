using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Text;
using Webhooks.Core.Sending;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Sending;

/// <summary>What is made of a receiver's answer.</summary>
public sealed class WebhookSenderAnswerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, true)]
    [InlineData(201, true)]
    [InlineData(202, true)]
    [InlineData(204, true)]
    [InlineData(299, true)]
    [InlineData(300, false)]
    [InlineData(304, false)]
    [InlineData(400, false)]
    [InlineData(404, false)]
    [InlineData(410, false)]
    [InlineData(429, false)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    [InlineData(999, false)]
    public async Task Only_2xx_is_a_success(int status, bool success)
    {
        await using var receiver = RawReceiver.Answering($"HTTP/1.1 {status} Whatever\r\nContent-Length: 0\r\n\r\n");

        var answer = Assert.IsType<SendOutcome.Answered>(await Requests.SendOnceAsync(receiver.Url));

        Assert.Equal(status, answer.Status);
        Assert.Equal(success, answer.Success);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_a_failure_and_is_not_followed(int status)
    {
        await using var target = await Receiver.StartAsync();
        await using var receiver = RawReceiver.Answering(
            $"HTTP/1.1 {status} Moved\r\nLocation: {target.Url}/\r\nContent-Length: 0\r\n\r\n");

        var answer = Assert.IsType<SendOutcome.Answered>(await Requests.SendOnceAsync(receiver.Url));

        Assert.Equal(status, answer.Status);
        Assert.False(answer.Success);
        Assert.Empty(target.Requests);
    }

    [Fact]
    public async Task The_headers_of_a_refusal_are_kept_and_those_of_a_success_are_not()
    {
        const string Headers = "Server: nginx\r\nVia: 1.1 one\r\nVia: 1.1 two\r\nSet-Cookie: session=taken\r\nContent-Length: 0\r\n\r\n";
        await using var refusing = RawReceiver.Answering("HTTP/1.1 403 Forbidden\r\n" + Headers);
        await using var accepting = RawReceiver.Answering("HTTP/1.1 200 OK\r\n" + Headers);

        var refusal = Assert.IsType<SendOutcome.Answered>(await Requests.SendOnceAsync(refusing.Url));
        var success = Assert.IsType<SendOutcome.Answered>(await Requests.SendOnceAsync(accepting.Url));

        Assert.Equal(
            [("Content-Length", "0"), ("Server", "nginx"), ("Set-Cookie", "********"), ("Via", "1.1 one, 1.1 two")],
            refusal.Headers!.Select(header => (header.Key, header.Value)).Order());
        Assert.Null(success.Headers);
    }

    [Fact]
    public async Task Of_headers_without_measure_a_bounded_part_is_kept()
    {
        var many = string.Concat(Enumerable.Range(0, 100).Select(number => $"X-{number}: {new string('x', number * 10)}\r\n"));
        await using var receiver = RawReceiver.Answering($"HTTP/1.1 500 Oh\r\nX-Odd: a\u0001\u00ffb\r\n{many}Content-Length: 0\r\n\r\n");

        var answer = Assert.IsType<SendOutcome.Answered>(await Requests.SendOnceAsync(receiver.Url));

        Assert.InRange(answer.Headers!.Count, 10, 40);
        Assert.InRange(answer.Headers.Sum(header => header.Key.Length + header.Value.Length), 1, 4000);
        Assert.All(answer.Headers.Values, value => Assert.InRange(value.Length, 0, 500));
    }

    [Fact]
    public async Task The_body_is_kept_as_text()
    {
        await using var receiver = RawReceiver.Answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"ok\": 1}");

        Assert.Equal(new SendOutcome.Answered(200, "{\"ok\": 1}"), await Requests.SendOnceAsync(receiver.Url));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n4\r\n two\r\n0\r\n\r\n", "one two")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nuntil the end", "until the end")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nold", "old")]
    [InlineData(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Name: caf\u00E9\r\nContent-Length: 2\r\n\r\nok", "ok")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=nonsense\r\nContent-Length: 2\r\n\r\nok", "ok")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok", "ok")]
    public async Task Unusual_but_valid_answers_are_read(string answer, string body)
    {
        await using var receiver = RawReceiver.Answering(answer);

        Assert.Equal(new SendOutcome.Answered(200, body), await Requests.SendOnceAsync(receiver.Url));
    }

    [Fact]
    public async Task Of_20_MB_only_the_beginning_is_read()
    {
        const int Size = 20 * 1024 * 1024;
        var sent = 0;
        await using var receiver = RawReceiver.Start(async (connection, cancellationToken) =>
        {
            await connection.ReadRequestAsync(cancellationToken);
            await connection.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Length: {Size}\r\n\r\n", cancellationToken);
            for (; sent < Size; sent += 4096)
            {
                await connection.WriteAsync(new string('x', 4096), cancellationToken);
            }
        });

        var outcome = await Requests.SendOnceAsync(receiver.Url, Requests.LocalOptions(responseBytes: 1000));

        Assert.Equal(new SendOutcome.Answered(200, new string('x', 1000)), outcome);
        await receiver.WaitForScriptsAsync();
        Assert.True(sent < Size, "All of it was read.");
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    public async Task A_body_as_long_as_the_limit_is_kept_whole(int length)
    {
        await using var receiver = RawReceiver.Answering($"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{new string('x', length)}");

        var outcome = await Requests.SendOnceAsync(receiver.Url, Requests.LocalOptions(responseBytes: 10));

        Assert.Equal(new SendOutcome.Answered(200, new string('x', Math.Min(length, 10))), outcome);
    }

    [Fact]
    public async Task A_compressed_bomb_is_decompressed_to_the_limit_alone()
    {
        await using var receiver = await Receiver.StartAsync(async (_, context) =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            await gzip.WriteAsync(new byte[10 * 1024 * 1024], context.RequestAborted);
        });

        var answer = Assert.IsType<SendOutcome.Answered>(await Requests.SendOnceAsync(receiver.Url));

        Assert.Equal(new string('\uFFFD', 16 * 1024), answer.Body);
        Assert.Null(Assert.Single(receiver.Requests).Header("Accept-Encoding"));
    }

    [Fact]
    public async Task NUL_and_what_is_not_UTF_8_are_kept_as_replacement_characters()
    {
        await using var receiver = RawReceiver.Answering("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\na\0b\u00FF\u00ED\u00A0\u0080c");

        var answer = Assert.IsType<SendOutcome.Answered>(await Requests.SendOnceAsync(receiver.Url));

        Assert.Equal("a\uFFFDb\uFFFD\uFFFD\uFFFD\uFFFDc", answer.Body);
    }

    [Fact]
    public async Task A_body_is_cut_between_characters()
    {
        var text = "1234567" + "é€😀";
        var body = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
        await using var receiver = RawReceiver.Start(async (connection, cancellationToken) =>
        {
            await connection.ReadRequestAsync(cancellationToken);
            await connection.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}", cancellationToken);
        });

        (int Limit, string Kept)[] cuts =
            [(8, "1234567"), (9, "1234567é"), (11, "1234567é"), (12, "1234567é€"), (15, "1234567é€"), (16, text)];
        foreach (var (limit, kept) in cuts)
        {
            var outcome = await Requests.SendOnceAsync(receiver.Url, Requests.LocalOptions(responseBytes: limit));
            Assert.Equal(new SendOutcome.Answered(200, kept), outcome);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n")]
    public async Task When_a_body_breaks_off_the_status_counts(string answer)
    {
        await using var receiver = RawReceiver.Answering(answer);

        var outcome = Assert.IsType<SendOutcome.Answered>(await Requests.SendOnceAsync(receiver.Url));

        Assert.True(outcome.Success);
        Assert.Equal("begun\n[cut off: the body broke off]", outcome.Body);
    }

    [Fact]
    public async Task When_a_body_s_chunks_are_malformed_the_status_counts()
    {
        await using var receiver = RawReceiver.Answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a length\r\n");

        Assert.Equal(new SendOutcome.Answered(200, "[cut off: the body broke off]"), await Requests.SendOnceAsync(receiver.Url));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", "ok\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", "ok\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nok", "ok\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nok", "ok\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "")]
    public async Task When_a_body_never_ends_the_status_counts(string answer, string kept)
    {
        await using var receiver = RawReceiver.Start(async (connection, cancellationToken) =>
        {
            await connection.ReadRequestAsync(cancellationToken);
            await connection.WriteAsync(answer, cancellationToken);
            await connection.WaitForCloseAsync(cancellationToken);
        });

        var outcome = await Requests.SendOnceAsync(receiver.Url, Requests.LocalOptions(timeout: 1));

        Assert.Equal(new SendOutcome.Answered(200, $"{kept}[cut off: the body did not end in time]"), outcome);
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Busy\r\nContent-Length: 100000\r\n\r\n", "x")]
    [InlineData("HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n")]
    [InlineData("HTTP/1.1 503 Busy\r\n\r\n", "x")]
    public async Task When_a_body_trickles_the_status_counts(string start, string drop)
    {
        await using var receiver = Trickling(start, drop);

        var outcome = Assert.IsType<SendOutcome.Answered>(await Requests.SendOnceAsync(receiver.Url, Requests.LocalOptions(timeout: 1)));

        Assert.Equal(503, outcome.Status);
        Assert.Matches(@"^x+\n\[cut off: the body did not end in time]$", outcome.Body);
    }

    [Fact]
    public async Task A_body_gets_five_seconds_and_not_all_of_the_attempts_time()
    {
        await using var receiver = Trickling("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", "x");
        var started = Stopwatch.GetTimestamp();

        var outcome = Assert.IsType<SendOutcome.Answered>(await Requests.SendOnceAsync(receiver.Url, Requests.LocalOptions(timeout: 300)));

        Assert.True(outcome.Success);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(4.9), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task When_the_caller_leaves_during_a_body_there_is_no_outcome()
    {
        using var canceled = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using var receiver = RawReceiver.Start(async (connection, cancellationToken) =>
        {
            await connection.ReadRequestAsync(cancellationToken);
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", cancellationToken);
            await canceled.CancelAsync();
            await connection.WaitForCloseAsync(cancellationToken);
        });
        using var sender = new WebhookSender(Requests.LocalOptions());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sender.SendAsync(Requests.To(receiver.Url), canceled.Token));
    }

    [Fact]
    public async Task When_a_body_ends_with_a_reset_the_status_counts()
    {
        await using var receiver = RawReceiver.Start(async (connection, cancellationToken) =>
        {
            await connection.ReadRequestAsync(cancellationToken);
            await connection.WriteAsync("HTTP/1.1 503 Busy\r\nContent-Length: 100\r\n\r\n", cancellationToken);
            connection.Reset();
        });

        // The reset may overtake the status.
        var outcome = await Requests.SendOnceAsync(receiver.Url);
        Assert.True(
            outcome is SendOutcome.Answered { Status: 503 } or SendOutcome.NotAnswered { Error: SendError.ConnectionClosed },
            outcome.ToString());
    }

    [Fact]
    public async Task A_switch_of_protocols_is_a_failure_at_once()
    {
        await using var receiver = RawReceiver.Start(async (connection, cancellationToken) =>
        {
            await connection.ReadRequestAsync(cancellationToken);
            await connection.WriteAsync(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", cancellationToken);
            await connection.WaitForCloseAsync(cancellationToken);
        });

        var answer = Assert.IsType<SendOutcome.Answered>(await Requests.SendOnceAsync(receiver.Url));

        Assert.Equal((101, ""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task A_connection_is_used_again()
    {
        await using var receiver = RawReceiver.Start(async (connection, cancellationToken) =>
        {
            while (await connection.ReadRequestAsync(cancellationToken) != "")
            {
                await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", cancellationToken);
            }
        });
        using var sender = new WebhookSender(Requests.LocalOptions());

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(new SendOutcome.Answered(200, "ok"), await sender.SendAsync(Requests.To(receiver.Url), Token));
        }

        Assert.Equal(1, receiver.Connections);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_request_that_meets_the_closing_of_a_kept_connection_is_sent_once_more_on_a_fresh_one(bool reset, bool secure)
    {
        using var authority = new TestAuthority();
        using var certificate = secure ? authority.Issue() : null;
        var requests = new ConcurrentQueue<string>();
        await using var receiver = RawReceiver.Start(
            async (connection, cancellationToken) =>
            {
                requests.Enqueue(await connection.ReadRequestAsync(cancellationToken));
                await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", cancellationToken);
                requests.Enqueue(await connection.ReadRequestAsync(cancellationToken));
                if (reset)
                {
                    connection.Reset();
                }
            },
            certificate);
        using var sender = new WebhookSender(Requests.LocalOptions(), Dns.GetHostAddressesAsync, trustedRoot: authority.Root);
        var request = Requests.To(receiver.Url);

        Assert.Equal(new SendOutcome.Answered(200, "ok"), await sender.SendAsync(Requests.To(receiver.Url), Token));
        Assert.Equal(new SendOutcome.Answered(200, "ok"), await sender.SendAsync(request, Token));

        Assert.Equal(2, receiver.Connections);
        var sent = requests.ToArray();
        Assert.Equal(sent[1], sent[2]);
        Assert.Contains($"X-Webhook-Delivery: {request.DeliveryId}", sent[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_closes_the_fresh_connection_too_gets_the_request_twice_and_no_more()
    {
        var requests = 0;
        await using var receiver = RawReceiver.Start(async (connection, cancellationToken) =>
        {
            while (await connection.ReadRequestAsync(cancellationToken) != "" && Interlocked.Increment(ref requests) == 1)
            {
                await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", cancellationToken);
            }
        });
        using var sender = new WebhookSender(Requests.LocalOptions());

        await sender.SendAsync(Requests.To(receiver.Url), Token);
        var outcome = await sender.SendAsync(Requests.To(receiver.Url), Token);

        Assert.Equal(SendError.ConnectionClosed, Assert.IsType<SendOutcome.NotAnswered>(outcome).Error);
        Assert.Equal(3, requests);
        Assert.Equal(2, receiver.Connections);
    }

    [Fact]
    public async Task The_second_sending_has_what_is_left_of_the_attempts_time()
    {
        await using var receiver = RawReceiver.Start(async (connection, cancellationToken) =>
        {
            await connection.ReadRequestAsync(cancellationToken);
            if (connection.Number == 1)
            {
                await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", cancellationToken);
                await connection.ReadRequestAsync(cancellationToken);
                return;
            }

            await connection.WaitForCloseAsync(cancellationToken);
        });
        using var sender = new WebhookSender(Requests.LocalOptions(timeout: 2));

        await sender.SendAsync(Requests.To(receiver.Url), Token);
        var outcome = await sender.SendAsync(Requests.To(receiver.Url), Token);

        Assert.Equal(SendError.Timeout, Assert.IsType<SendOutcome.NotAnswered>(outcome).Error);
        Assert.Equal(2, receiver.Connections);
    }

    [Fact]
    public async Task A_connection_that_the_receiver_closed_after_its_answer_is_replaced()
    {
        var closed = new SemaphoreSlim(0);
        await using var receiver = RawReceiver.Start(async (connection, cancellationToken) =>
        {
            await connection.ReadRequestAsync(cancellationToken);
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", cancellationToken);
            connection.Reset();
            closed.Release();
        });
        using var sender = new WebhookSender(Requests.LocalOptions());

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(new SendOutcome.Answered(200, "ok"), await sender.SendAsync(Requests.To(receiver.Url), Token));
            await closed.WaitAsync(Token);
        }

        Assert.Equal(5, receiver.Connections);
    }

    private static RawReceiver Trickling(string start, string drop) => RawReceiver.Start(async (connection, cancellationToken) =>
    {
        await connection.ReadRequestAsync(cancellationToken);
        await connection.WriteAsync(start, cancellationToken);
        while (true)
        {
            await connection.WriteAsync(drop, cancellationToken);
            await Task.Delay(100, cancellationToken);
        }
    });
}
