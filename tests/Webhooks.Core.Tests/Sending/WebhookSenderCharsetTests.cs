using System.IO.Compression;
using System.Text;
using CsCheck;
using Webhooks.Core.Sending;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Sending;

/// <summary>The text that is made of a receiver's error page.</summary>
public sealed class WebhookSenderCharsetTests
{
    private const string Page = "<p>Größe: 5 € – zu groß</p>";

    private static readonly Encoding _windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    private static readonly Encoding _shiftJis = CodePagesEncodingProvider.Instance.GetEncoding(932)!;

    [Theory]
    [InlineData("iso-8859-1")]
    [InlineData("ISO-8859-1")]
    [InlineData("\"iso-8859-1\"")]
    [InlineData("windows-1252")]
    [InlineData("latin1")]
    [InlineData("us-ascii")]
    [InlineData("windows-1252; boundary=x")]
    public async Task A_Latin_page_is_kept_as_text(string charset) =>
        Assert.Equal(Page, await AnswerAsync(_windows1252.GetBytes(Page), $"Content-Type: text/html; charset={charset}"));

    [Theory]
    [InlineData("shift_jis", 932)]
    [InlineData("Shift_JIS", 932)]
    [InlineData("windows-31j", 932)]
    [InlineData("euc-jp", 51932)]
    [InlineData("iso-2022-jp", 50220)]
    [InlineData("gb18030", 54936)]
    [InlineData("utf-16", 1200)]
    [InlineData("utf-16le", 1200)]
    [InlineData("utf-16be", 1201)]
    [InlineData("utf8", 65001)]
    public async Task A_Japanese_page_is_kept_as_text(string charset, int codePage)
    {
        const string Text = "エラーが発生しました";
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(codePage) ?? Encoding.GetEncoding(codePage);

        Assert.Equal(Text, await AnswerAsync(encoding.GetBytes(Text), $"Content-Type: text/html; charset={charset}"));
    }

    [Theory]
    [InlineData("Content-Type: text/plain")]
    [InlineData("Content-Type: text/plain; charset=iso-8859-1")]
    [InlineData("X-No: type")]
    public async Task A_byte_order_mark_says_the_encoding_before_the_header_does(string header)
    {
        Encoding[] marked = [new UTF8Encoding(true), new UnicodeEncoding(false, true), new UnicodeEncoding(true, true)];
        foreach (var encoding in marked)
        {
            Assert.Equal(Page, await AnswerAsync([.. encoding.GetPreamble(), .. encoding.GetBytes(Page)], header));
        }
    }

    [Theory]
    [InlineData("charset=nonsense")]
    [InlineData("charset=")]
    [InlineData("charset=\"")]
    [InlineData("charset=utf-7")]
    [InlineData("charset=\u00E9")]
    public async Task An_encoding_that_nobody_knows_is_taken_for_UTF_8(string parameter) =>
        Assert.Equal(Page, await AnswerAsync(Encoding.UTF8.GetBytes(Page), $"Content-Type: text/html; {parameter}"));

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    [InlineData("x-gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("identity")]
    [InlineData("gzip, br")]
    [InlineData("deflate, identity, gzip")]
    public async Task A_compressed_page_is_decompressed(string codings) =>
        Assert.Equal(
            Page,
            await AnswerAsync(
                Compress(_windows1252.GetBytes(Page), codings),
                $"Content-Encoding: {codings}\r\nContent-Type: text/html; charset=iso-8859-1"));

    [Fact]
    public async Task Deflate_without_its_head_is_decompressed_too()
    {
        using var body = new MemoryStream();
        await using (var deflate = new DeflateStream(body, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(Encoding.UTF8.GetBytes(Page));
        }

        Assert.Equal(Page, await AnswerAsync(body.ToArray(), "Content-Encoding: deflate"));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task Of_a_compressed_page_that_is_broken_what_can_be_read_is_kept(string coding)
    {
        var text = string.Concat(Enumerable.Range(0, 1500).Select(i => $"{i * 7919 % 10007} "));
        var body = Compress(Encoding.UTF8.GetBytes(text), coding);
        body.AsSpan(body.Length / 2, 100).Fill(0xFF);

        var kept = await AnswerAsync(body, $"Content-Encoding: {coding}");

        Assert.StartsWith(text[..100], kept, StringComparison.Ordinal);
        Assert.DoesNotContain(text, kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compressed_page_that_is_broken_says_so()
    {
        var body = Compress(new byte[5000], "gzip");
        body[^6] ^= 1;

        Assert.EndsWith("\n[cut off: the rest cannot be decoded as gzip]", await AnswerAsync(body, "Content-Encoding: gzip"));
    }

    [Fact]
    public async Task Of_a_compressed_page_as_much_as_the_limit_is_read_and_as_much_is_kept()
    {
        var text = string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i * 7919L % 100_007} "));

        var kept = await AnswerAsync(Compress(Encoding.UTF8.GetBytes(text), "gzip"), "Content-Encoding: gzip");

        Assert.Equal(text[..(16 * 1024)], kept);
    }

    [Theory]
    [InlineData("gzip, gzip, gzip", "gzip, gzip, gzip")]
    [InlineData("gzip, br", "gzip, br")]
    public async Task A_bomb_within_a_bomb_costs_no_more_than_the_limit(string coding, string header)
    {
        var bomb = Compress(new byte[50 * 1024 * 1024], coding);
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var kept = await AnswerAsync(bomb, $"Content-Encoding: {header}");

        Assert.True(kept.Length <= 16 * 1024 + 100);
        Assert.True(GC.GetTotalAllocatedBytes(precise: true) - before < 20 * 1024 * 1024);
    }

    [Theory]
    [InlineData("zstd", "[5 bytes that cannot be decoded as zstd]")]
    [InlineData("gzip", "[5 bytes that cannot be decoded as gzip]")]
    [InlineData("gzip, gzip, gzip, gzip", "[5 bytes that cannot be decoded as gzip, gzip, gzip, gzip]")]
    public async Task What_cannot_be_decoded_is_named(string coding, string kept) =>
        Assert.Equal(kept, await AnswerAsync([0x28, 0xB5, 0x2F, 0xFD, 0x04], $"Content-Encoding: {coding}"));

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("none")]
    public async Task A_plain_page_that_says_it_is_compressed_is_kept_as_it_is(string coding) =>
        Assert.Equal(Page, await AnswerAsync(Encoding.UTF8.GetBytes(Page), $"Content-Encoding: {coding}"));

    [Theory]
    [InlineData("shift_jis")]
    [InlineData("utf-16")]
    public async Task A_page_is_cut_between_characters_in_every_encoding(string charset)
    {
        var encoding = charset == "utf-16" ? Encoding.Unicode : _shiftJis;
        var body = encoding.GetBytes("日本語");

        var kept = await AnswerAsync(body, $"Content-Type: text/plain; charset={charset}", responseBytes: body.Length - 1);

        Assert.Equal("日本", kept);
    }

    [Fact]
    public void Whatever_the_bytes_and_the_headers_are_there_is_text_that_can_be_stored()
    {
        var codePages = CodePagesEncodingProvider.Instance.GetEncodings().Select(info => info.Name);
        string[] charsets = [.. codePages, "utf-8", "utf-16", "utf-32", "x-user-defined"];
        string[] codings = ["gzip", "deflate", "br", "identity", "gzip, br", "zstd"];

        Gen.Select(Gen.Int[0, charsets.Length - 1], Gen.Int[-1, codings.Length - 1], Gen.Byte.Array[0, 300], Gen.Bool).Sample(
            (charset, coding, bytes, isWhole) =>
            {
                using var content = new ByteArrayContent([]);
                content.Headers.TryAddWithoutValidation("Content-Type", $"text/plain; charset={charsets[charset]}");
                if (coding >= 0)
                {
                    content.Headers.TryAddWithoutValidation("Content-Encoding", codings[coding]);
                }

                var text = AnswerText.From(content.Headers, bytes, limit: 200, isWhole, cut: null);
                Assert.DoesNotContain('\0', text);
                Assert.True(text.Length <= 400, $"{charsets[charset]}: {text.Length}");
            });
    }

    private static async Task<string> AnswerAsync(byte[] body, string headers, int responseBytes = 16 * 1024)
    {
        await using var receiver = RawReceiver.Answering(
            $"HTTP/1.1 500 Oops\r\n{headers}\r\nContent-Length: {body.Length}\r\n\r\n{Encoding.Latin1.GetString(body)}");
        var outcome = await Requests.SendOnceAsync(receiver.Url, Requests.LocalOptions(responseBytes: responseBytes));
        var answer = Assert.IsType<SendOutcome.Answered>(outcome);
        Assert.Equal(500, answer.Status);
        return answer.Body;
    }

    private static byte[] Compress(byte[] body, string codings)
    {
        foreach (var coding in codings.ToUpperInvariant().Split(", "))
        {
            using var compressed = new MemoryStream();
            using (Stream stream = coding switch
            {
                "GZIP" or "X-GZIP" => new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true),
                "DEFLATE" => new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true),
                "BR" => new BrotliStream(compressed, CompressionLevel.Optimal, leaveOpen: true),
                _ => compressed,
            })
            {
                stream.Write(body);
            }

            body = compressed.ToArray();
        }

        return body;
    }
}
