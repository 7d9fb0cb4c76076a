using System.Globalization;
using System.IO.Compression;
using System.Text;
using Webhooks.Testing;

namespace Webhooks.Endurance.Tests.Hostile;

/// <summary>The ways in which receivers behave badly, each different from all others.</summary>
internal static class Hostilities
{
    private const string Ok = "HTTP/1.1 200 OK\r\n";
    private const int Kibibyte = 1024;
    private const int BombBytes = 16 * 1024 * Kibibyte;

    private static readonly (string Name, Func<RawConnection, CancellationToken, Task> End)[] _ends =
    [
        ("hangs", (connection, cancel) => connection.WaitForCloseAsync(cancel)),
        ("closes", (_, _) => Task.CompletedTask),
        ("resets", (connection, _) =>
        {
            connection.Reset();
            return Task.CompletedTask;
        }),
    ];

    /// <summary>All of them.</summary>
    /// <param name="forbidden">A URL that nobody must be led to.</param>
    public static IReadOnlyList<Hostility> All(string forbidden) =>
    [
        .. BreakingOff(),
        .. BeforeReading(),
        .. AnsweringSlowly(),
        .. Trickling(),
        .. Endless(),
        .. LargeHeaders(),
        .. NoHttp(),
        .. Redirecting(forbidden),
        .. WrongLengths(),
        .. Refusing(),
        .. AskingToWait(),
        .. StrangeBodies(),
        .. Bombs(),
        .. AbusingKeepAlive(),
    ];

    private static IEnumerable<Hostility> BreakingOff() =>
        from part in new[]
        {
            "", "H", "HTTP/1.1", Ok, $"{Ok}Content-Le", $"{Ok}Content-Length: 10\r\n\r\n", $"{Ok}Content-Length: 10\r\n\r\n12345",
            $"{Ok}Transfer-Encoding: chunked\r\n\r\n5\r\nhel", "HTTP/1.1 100 Continue\r\n\r\n",
        }
        from end in _ends
        select Answering($"{end.Name} after '{part}'", part, end.End);

    private static IEnumerable<Hostility> BeforeReading() =>
        from part in new[] { "", $"{Ok}Content-Length: 0\r\n\r\n", "HTTP/1.1 413 Too Large\r\nConnection: close\r\n\r\n" }
        from end in _ends
        select new Hostility($"reads nothing, sends '{part}' and {end.Name}", async (connection, cancel) =>
        {
            await connection.WriteAsync(part, cancel);
            await end.End(connection, cancel);
        });

    private static IEnumerable<Hostility> AnsweringSlowly() =>
        from status in new[] { 200, 204, 429, 500, 503 }
        from milliseconds in new[] { 100, 400, 1000, 2500 }
        select new Hostility($"answers {status} after {milliseconds} ms", async (connection, cancel) =>
        {
            await connection.ReadRequestAsync(cancel);
            await Task.Delay(milliseconds, cancel);
            await connection.WriteAsync($"HTTP/1.1 {status} Late\r\nContent-Length: 0\r\n\r\n", cancel);
        });

    private static IEnumerable<Hostility> Trickling()
    {
        const string Text = "This is a text that comes a byte at a time, and takes its time to be complete.";
        string[] heads = [$"Content-Length: {Text.Length}\r\n\r\n{Text}",
            $"Transfer-Encoding: chunked\r\n\r\n{Text.Length:x}\r\n{Text}\r\n0\r\n\r\n", $"Connection: close\r\n\r\n{Text}"];
        return
            from milliseconds in new[] { 2, 20, 200 }
            from status in new[] { 200, 503 }
            from part in heads.Index()
            from inHead in new[] { true, false }
            where !inHead || part.Index == 0
            select new Hostility($"trickles {(inHead ? "headers" : "a body")} of {status}, framing {part.Index}, every {milliseconds} ms",
                async (connection, cancel) =>
            {
                await connection.ReadRequestAsync(cancel);
                var answer = $"HTTP/1.1 {status} Slow\r\n{part.Item}";
                var atOnce = inHead ? 0 : answer.Length - Text.Length;
                await connection.WriteAsync(answer[..atOnce], cancel);
                foreach (var character in answer[atOnce..])
                {
                    await connection.WriteAsync($"{character}", cancel);
                    await Task.Delay(milliseconds, cancel);
                }
            });
    }

    private static IEnumerable<Hostility> Endless()
    {
        var kilobyte = new string('x', Kibibyte);
        (string Name, string Beginning, string Repeated)[] answers =
        [
            ("headers", Ok, $"X-Again: {kilobyte}\r\n"),
            ("a header", $"{Ok}X-Long: ", kilobyte),
            ("a reason", "HTTP/1.1 200 ", kilobyte),
            ("a body until the end of the connection", $"{Ok}Connection: close\r\n\r\n", kilobyte),
            ("a chunked body", $"{Ok}Transfer-Encoding: chunked\r\n\r\n", $"400\r\n{kilobyte}\r\n"),
            ("a body of a huge length", $"{Ok}Content-Length: 9000000000000000000\r\n\r\n", kilobyte),
            ("empty lines", "", "\r\n\r\n\r\n\r\n"),
            ("a chunk extension", $"{Ok}Transfer-Encoding: chunked\r\n\r\n1;", kilobyte),
            ("trailers", $"{Ok}Transfer-Encoding: chunked\r\n\r\n0\r\n", $"X-Again: {kilobyte}\r\n"),
            ("100 Continue", "", "HTTP/1.1 100 Continue\r\n\r\n"),
            ("102 Processing", "", "HTTP/1.1 102 Processing\r\n\r\n"),
            ("103 Early Hints", "", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
        ];
        return
            from answer in answers
            from milliseconds in new[] { 0, 20 }
            select new Hostility($"sends {answer.Name} without end, pausing {milliseconds} ms", async (connection, cancel) =>
            {
                await connection.ReadRequestAsync(cancel);
                await connection.WriteAsync(answer.Beginning, cancel);
                while (true)
                {
                    await connection.WriteAsync(answer.Repeated, cancel);
                    await Task.Yield();
                    await Task.Delay(milliseconds, cancel);
                }
            });
    }

    private static IEnumerable<Hostility> LargeHeaders() =>
        from kibibytes in new[] { 32, 60, 70, 1024 }
        from header in new (string Name, Func<int, string> Text)[]
        {
            ("one header", kibibytes => $"X-Large: {new string('x', kibibytes * Kibibyte)}\r\n"),
            ("many headers", kibibytes => string.Concat(
                Enumerable.Range(0, kibibytes * 16).Select(number => $"X-{number:000000}: {new string('x', 52)}\r\n"))),
            ("cookies", kibibytes => string.Concat(Enumerable.Repeat($"Set-Cookie: a={new string('x', 1000)}\r\n", kibibytes))),
        }
        select Answering($"sends {kibibytes} KiB of {header.Name}", $"{Ok}{header.Text(kibibytes)}Content-Length: 0\r\n\r\n");

    private static IEnumerable<Hostility> NoHttp() =>
        from garbage in new[]
        {
            "\0\0\0\0\0\0\0\0\0\0", "\u0016\u0003\u0003\0\u007a\u0002\0\0\u0076\u0003\u0003", "\u0015\u0003\u0001\0\u0002\u0002\u0046",
            "SSH-2.0-OpenSSH_9.6\r\n",
            "220 mail.example.com ESMTP\r\n", "-ERR unknown command\r\n",
            "\0\0\u0012\u0004\0\0\0\0\0\0\u0003\0\0\0d\0\u0004\0\0\u00ff\u00ff", "<html><body>It works</body></html>",
            "HTTP/9.9 200 OK\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 99999 OK\r\n\r\n", "HTTP/1.1 -200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "\u00ff\u00fe\u00fd\u00fc\r\n\r\n",
        }
        select Answering($"speaks no HTTP: '{garbage}'", garbage);

    private static IEnumerable<Hostility> Redirecting(string forbidden) =>
        from status in new[] { 301, 302, 307, 308 }
        from target in new[] { "/", forbidden, "http://169.254.169.254/latest/meta-data/", "http://[::1]:22/", "file:///etc/passwd" }
        select Answering(
            $"redirects with {status} to {target}", $"HTTP/1.1 {status} Elsewhere\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n");

    private static IEnumerable<Hostility> WrongLengths() =>
        from head in new[]
        {
            "Content-Length: 100\r\n\r\nshort", "Content-Length: 2\r\n\r\nlonger than it says", "Content-Length: -1\r\n\r\n",
            "Content-Length: abc\r\n\r\n",
            "Content-Length: 99999999999999999999\r\n\r\n", "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n", "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc",
            "Transfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        }
        select Answering($"gets the length wrong: '{head}'", $"{Ok}{head}");

    private static IEnumerable<Hostility> Refusing() =>
        from status in new[] { 400, 401, 404, 410, 418, 429, 451, 500, 501, 503, 599, 999 }
        select Answering($"answers {status}", $"HTTP/1.1 {status} No\r\nContent-Length: 2\r\n\r\nno");

    private static IEnumerable<Hostility> AskingToWait() =>
        from status in new[] { 429, 503 }
        // What asks for longer gets it, up to a day.
        from time in new[] { "0", "-1", "-999999999999", "soon", "Fri, 31 Dec 1999 23:59:59 GMT" }
        select Answering(
            $"answers {status} and to retry after {time}", $"HTTP/1.1 {status} Wait\r\nRetry-After: {time}\r\nContent-Length: 0\r\n\r\n");

    private static IEnumerable<Hostility> StrangeBodies() =>
        from body in new (string Name, string Text)[]
        {
            ("NULs", new string('\0', 100)), ("invalid UTF-8", "\u00c3\u0028\u00a0\u00a1\u00e2\u0028\u00a1\u00f0\u0028\u008c\u00bc"),
            ("an encoded surrogate", "\u00ed\u00a0\u0080"), ("an overlong zero", "\u00c0\u0080"),
            ("a byte order mark of UTF-16", "\u00ff\u00fea\0"), ("a mebibyte", new string('x', Kibibyte * Kibibyte)),
            ("deep JSON", new string('[', 20_000)), ("control characters", "\u0001\u001b[2J\u0007\u007f"),
        }
        select Answering($"answers 500 with {body.Name}", $"HTTP/1.1 500 Strange\r\nContent-Length: {body.Text.Length}\r\n\r\n{body.Text}");

    private static IEnumerable<Hostility> Bombs() =>
        from encoding in new (string Name, Func<Stream, Stream> Compress)[]
        {
            ("gzip", stream => new GZipStream(stream, CompressionLevel.Fastest)),
            ("deflate", stream => new ZLibStream(stream, CompressionLevel.Fastest)),
            ("br", stream => new BrotliStream(stream, CompressionLevel.Fastest)),
        }
        let bomb = Compressed(encoding.Compress)
        select Answering($"answers with a bomb in {encoding.Name}", string.Create(
            CultureInfo.InvariantCulture, $"{Ok}Content-Encoding: {encoding.Name}\r\nContent-Length: {bomb.Length}\r\n\r\n{bomb}"));

    private static IEnumerable<Hostility> AbusingKeepAlive()
    {
        const string Success = $"{Ok}Content-Length: 0\r\n\r\n";
        yield return Answering("answers, keeps the connection, and closes it at the next request's first bytes", Success,
            (connection, cancel) => connection.ReadSomeAsync(cancel));
        yield return Answering(
            "answers, keeps the connection, and resets it at the next request's first bytes", Success, async (connection, cancel) =>
        {
            await connection.ReadSomeAsync(cancel);
            connection.Reset();
        });
        yield return Answering(
            "switches to another protocol", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            (connection, cancel) => connection.WaitForCloseAsync(cancel));
        yield return Answering(
            "answers every request twice", Success + Success, (connection, cancel) => connection.WaitForCloseAsync(cancel));
        yield return Answering(
            "answers and goes on with garbage", $"{Success}garbage", (connection, cancel) => connection.WaitForCloseAsync(cancel));
    }

    /// <summary>Reads the request, sends something, and then ends, by default by closing the connection.</summary>
    private static Hostility Answering(string name, string answer, Func<RawConnection, CancellationToken, Task>? end = null) =>
        new(name, async (connection, cancel) =>
        {
            await connection.ReadRequestAsync(cancel);
            await connection.WriteAsync(answer, cancel);
            await (end ?? _ends[1].End)(connection, cancel);
        });

    private static string Compressed(Func<Stream, Stream> compress)
    {
        using var compressed = new MemoryStream();
        using (var stream = compress(compressed))
        {
            stream.Write(new byte[BombBytes]);
        }

        return Encoding.Latin1.GetString(compressed.ToArray());
    }
}
