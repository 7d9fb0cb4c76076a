using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Requests;

/// <summary>Bodies that are not what an operation takes. They are sent to both an operation that needs one and one that does not.</summary>
public sealed class RequestBodyTests(SharedApi api)
{
    [Theory]
    [InlineData("{\"url\":\"https://example.com/\",\n  \"events\" [\"*\"]}", "line 2, byte 12")]
    [InlineData("{\"url\":\"https://example.com/\",}", "trailing comma")]
    [InlineData("{'url':'https://example.com/'}", "line 1, byte 2")]
    [InlineData("url=https://example.com/", "line 1, byte 1")]
    [InlineData("{\"url\":\"https://example.com/\"", "line 1")]
    [InlineData("{} {}", "line 1, byte 4")]
    [InlineData("{/* note */}", "line 1, byte 2")]
    [InlineData("{\"description\":\"\\ud800\"}", "surrogate")]
    [InlineData("{\"\\ud800\":1}", "surrogate")]
    [InlineData("[]", "JSON object")]
    [InlineData("\"text\"", "JSON object")]
    [InlineData("null", "JSON object")]
    [InlineData("   ", "line 1")]
    public async Task A_malformed_body_gets_400_that_says_where(string body, string expected)
    {
        using var client = api.Server.ForNewOrganization();
        var id = await client.CreateWebhookAsync();

        Answer[] refused =
        [
            await client.Post(Calls.Webhooks, body),
            await client.Patch($"{Calls.Webhooks}/{id}", body),
            await client.Post($"{Calls.Webhooks}/{id}/test", body),
        ];

        Assert.All(refused, answer =>
        {
            answer.MustBeProblem(HttpStatusCode.BadRequest, "malformed-body");
            Assert.Contains(expected, answer["detail"].GetString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task An_empty_body_is_refused_where_one_is_needed()
    {
        using var client = api.Server.ForNewOrganization();

        (await client.Post(Calls.Webhooks)).MustBeProblem(HttpStatusCode.BadRequest, "malformed-body");
        (await client.Post(Calls.Webhooks, "")).MustBeProblem(HttpStatusCode.BadRequest, "malformed-body");
    }

    [Fact]
    public async Task Text_that_is_not_utf8_is_refused()
    {
        using var client = api.Server.ForNewOrganization();
        var latin1 = Encoding.Latin1.GetBytes("""{"url":"https://example.com/","events":["*"],"description":"für"}""");

        var refused = await client.CallAsync(HttpMethod.Post, Calls.Webhooks, Calls.Content(latin1, "application/json"));

        refused.MustBeProblem(HttpStatusCode.BadRequest, "malformed-body");
        Assert.Contains("UTF-8", refused["detail"].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"url\":")]
    public async Task Absurd_nesting_is_refused(string opening)
    {
        using var client = api.Server.ForNewOrganization();
        var body = string.Concat(Enumerable.Repeat(opening, SharedApi.Limits.RequestBytes / opening.Length));

        (await client.Post(Calls.Webhooks, body)).MustBeProblem(HttpStatusCode.BadRequest, "malformed-body");
        (await client.Post("/api/v1/events", body)).MustBeProblem(HttpStatusCode.BadRequest, "malformed-body");
    }

    [Fact]
    public async Task A_body_with_a_thousand_unknown_fields_gets_a_short_answer()
    {
        using var client = api.Server.ForNewOrganization();
        var body = $"{{{string.Join(',', Enumerable.Range(0, 1000).Select(number => $"\"f{number}\":1"))}}}";

        var refused = await client.Post(Calls.Webhooks, body);

        refused.MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.InRange(refused.Text.Length, 1, 8000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_larger_than_allowed_gets_413_with_the_limit(bool chunked)
    {
        using var client = api.Server.ForNewOrganization();
        client.DefaultRequestHeaders.TransferEncodingChunked = chunked;
        var body = new string(' ', SharedApi.Limits.RequestBytes) + "{}";

        var refused = await client.Post("/api/v1/api-keys", body);

        refused.MustBeProblem(HttpStatusCode.RequestEntityTooLarge, "body-too-large");
        Assert.Contains($"{SharedApi.Limits.RequestBytes}", refused["detail"].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("80000000")]
    [InlineData("ffffffff")]
    [InlineData("ffffffffffffffff")]
    public async Task A_chunk_larger_than_can_be_counted_gets_413(string size)
    {
        using var client = api.Server.ForNewOrganization();

        var answer = await SendRawAsync(client, $"Transfer-Encoding: chunked\r\n\r\n{size}\r\n{{");

        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("body-too-large", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(api.Server.Logs.Lines, line => line.Level >= LogLevel.Error);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate, br")]
    [InlineData("x-own")]
    public async Task A_compressed_body_gets_415_that_names_what_is_accepted(string encoding)
    {
        using var client = api.Server.ForNewOrganization();
        var id = await client.CreateWebhookAsync();

        foreach (var path in (string[])[Calls.Webhooks, "/api/v1/events", $"{Calls.Webhooks}/{id}/test"])
        {
            var content = Calls.Content([0x1f, 0x8b, 8, 0], "application/json");
            content.Headers.Add("Content-Encoding", encoding);
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };

            using var refused = await client.SendAsync(request, TestContext.Current.CancellationToken);

            Assert.Equal(HttpStatusCode.UnsupportedMediaType, refused.StatusCode);
            Assert.Equal(["identity"], refused.Headers.GetValues("Accept-Encoding"));
            Assert.Contains("unsupported-encoding", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_byte_order_mark_is_accepted_by_every_call_and_a_body_of_it_alone_is_empty()
    {
        using var client = api.Server.ForNewOrganization();
        var id = await client.CreateWebhookAsync("http://127.0.0.1:1024/");
        (HttpMethod Method, string Path, string Body)[] calls =
        [
            (HttpMethod.Post, Calls.Webhooks, """{"url":"https://example.com/","events":["*"]}"""),
            (HttpMethod.Patch, $"{Calls.Webhooks}/{id}", """{"description":"mine"}"""),
            (HttpMethod.Post, $"{Calls.Webhooks}/{id}/test", """{"event":"user.created"}"""),
            (HttpMethod.Post, $"{Calls.Webhooks}/{id}/test", ""),
            (HttpMethod.Post, "/api/v1/events", """{"event":"user.created","data":{}}"""),
            (HttpMethod.Post, "/api/v1/events", """[{"event":"user.created","data":{}}]"""),
        ];

        foreach (var (method, path, body) in calls)
        {
            var answer = await client.CallAsync(method, path, Calls.Content(Encoding.UTF8.GetBytes("\uFEFF" + body), "application/json"));

            Assert.True((int)answer.Status is >= 200 and < 300, answer.Text);
        }
    }

    [Fact]
    public async Task A_chunked_body_within_the_limit_is_read()
    {
        using var client = api.Server.ForNewOrganization();
        client.DefaultRequestHeaders.TransferEncodingChunked = true;
        var body = """{"url":"https://example.com/","events":["*"]}""";

        (await client.Post(Calls.Webhooks, body.PadRight(SharedApi.Limits.RequestBytes))).MustBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_client_that_hangs_up_in_the_middle_is_not_an_error_of_ours()
    {
        await using var server = await ApiServer.StartAsync(api.Database.ConnectionString, SharedApi.Limits);
        using var client = server.ForNewOrganization();
        using (var socket = new TcpClient(server.Url.Host, server.Url.Port))
        {
            var head = $"POST {Calls.Webhooks} HTTP/1.1\r\nHost: test\r\n"
                + $"Authorization: {client.DefaultRequestHeaders.Authorization}\r\nContent-Length: 100\r\n\r\n{{";
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
        }

        // The only connection stops when its request has been dealt with, whichever was noticed first: the end of the body, or of the
        // connection.
        await server.Logs.WaitForAsync(line =>
            line.Category.StartsWith("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal)
            && line.Text.Contains("\" stopped.", StringComparison.Ordinal));
        Assert.Contains(server.Logs.Lines, line => line.Text.Contains("Request starting", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Logs.Lines, line => line.Level >= LogLevel.Error);
    }

    /// <summary>The answer to a request whose head ends as given, as text.</summary>
    private async Task<string> SendRawAsync(HttpClient client, string rest)
    {
        using var socket = new TcpClient(api.Server.Url.Host, api.Server.Url.Port);
        var head = $"POST {Calls.Webhooks} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"
            + $"Authorization: {client.DefaultRequestHeaders.Authorization}\r\n{rest}";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
        using var answer = new StreamReader(socket.GetStream());
        return await answer.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
