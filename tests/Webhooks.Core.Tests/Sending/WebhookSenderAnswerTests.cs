using System.IO.Compression;
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
        await using var receiver = RawReceiver.Answering($"HTTP/1.1 {status} Moved\r\nLocation: {target.Url}/\r\nContent-Length: 0\r\n\r\n");

        var answer = Assert.IsType<SendOutcome.Answered>(await Requests.SendOnceAsync(receiver.Url));

        Assert.Equal(status, answer.Status);
        Assert.False(answer.Success);
        Assert.Empty(target.Requests);
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
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok")]
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
    public async Task A_compressed_bomb_is_not_decompressed()
    {
        await using var receiver = await Receiver.StartAsync(async (_, context) =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            await gzip.WriteAsync(new byte[10 * 1024 * 1024], context.RequestAborted);
        });

        var answer = Assert.IsType<SendOutcome.Answered>(await Requests.SendOnceAsync(receiver.Url));

        Assert.StartsWith("\u001F\uFFFD\u0008", answer.Body);
        Assert.True(answer.Body.Length <= 16 * 1024);
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

        foreach (var (limit, kept) in new[] { (8, "1234567"), (9, "1234567é"), (11, "1234567é"), (12, "1234567é€"), (15, "1234567é€"), (16, text) })
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
        Assert.Equal("begun", outcome.Body);
    }

    [Fact]
    public async Task When_a_body_s_chunks_are_malformed_the_status_counts()
    {
        await using var receiver = RawReceiver.Answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a length\r\n");

        Assert.Equal(new SendOutcome.Answered(200, ""), await Requests.SendOnceAsync(receiver.Url));
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
            await connection.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", cancellationToken);
            await connection.WaitForCloseAsync(cancellationToken);
        });

        Assert.Equal(new SendOutcome.Answered(101, ""), await Requests.SendOnceAsync(receiver.Url));
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
}
