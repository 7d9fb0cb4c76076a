using System.Net;
using System.Text;
using Npgsql;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Webhooks;

/// <summary>Webhooks' tags, and requests on condition of them.</summary>
public sealed class ConditionalRequestTests(SharedApi api) : IAsyncLifetime
{
    private readonly HttpClient _client = api.Server.ForNewOrganization();
    private string _path = null!;
    private string _tag = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var created = await _client.Post(Calls.Webhooks, """{"url":"http://127.0.0.1:1024/hook","events":["user.created"]}""");
        _path = created.MustBe(HttpStatusCode.Created).Headers.Location!.ToString();
        _tag = TagOf(created);
    }

    [Fact]
    public async Task Every_answer_that_holds_a_webhook_has_the_tag_that_the_webhook_is_shown_with()
    {
        Assert.Equal(_tag, TagOf(await _client.Get(_path)));
        Assert.Equal(_tag, TagOf(await _client.Patch(_path, "{}")));

        var changed = TagOf(await _client.Patch(_path, """{"description":"x"}"""));
        Assert.NotEqual(_tag, changed);
        Assert.Equal(changed, TagOf(await _client.Get(_path)));

        await _client.Post(_path + "/secret/rotate");
        var promoted = TagOf((await _client.Post(_path + "/secret/promote")).MustBe(HttpStatusCode.OK));
        Assert.NotEqual(changed, promoted);
        Assert.Equal(promoted, TagOf(await _client.Get(_path)));
        Assert.Equal(promoted, TagOf(await SendAsync(HttpMethod.Head, "If-None-Match", "\"other\"")));
    }

    [Fact]
    public async Task Another_server_gives_a_webhook_the_same_tag()
    {
        await using var server = await ApiServer.StartAsync(api.Database.ConnectionString);
        using var client = server.For((await _client.Get(_path))["org_id"].GetGuid());

        Assert.Equal(_tag, TagOf((await client.Get(_path)).MustBe(HttpStatusCode.OK)));
    }

    [Theory]
    [InlineData("TAG")]
    [InlineData("W/TAG")]
    [InlineData("\"other\", TAG")]
    [InlineData("*")]
    public async Task Who_has_the_webhook_as_it_is_shown_is_not_sent_it_again(string tags)
    {
        var answer = await SendAsync(HttpMethod.Get, "If-None-Match", Named(tags));

        answer.MustBe(HttpStatusCode.NotModified);
        Assert.Empty(answer.Text);
        Assert.Equal(_tag, TagOf(answer));
    }

    [Theory]
    [InlineData("\"other\"")]
    [InlineData("W/\"other\", \"more\"")]
    public async Task Who_has_it_in_another_state_is_sent_it(string tags) =>
        (await SendAsync(HttpMethod.Get, "If-None-Match", tags)).MustBe(HttpStatusCode.OK);

    [Fact]
    public async Task What_changes_by_itself_is_sent_again_and_does_not_keep_anybody_from_changing_it()
    {
        await _client.Post(_path + "/secret/rotate");
        _tag = TagOf(await _client.Get(_path));
        await ExecuteAsync("UPDATE webhooks SET previous_secret_expires_at = now() WHERE id = $1");

        var ended = (await SendAsync(HttpMethod.Get, "If-None-Match", _tag)).MustBe(HttpStatusCode.OK);

        Assert.NotEqual(_tag, TagOf(ended));
        (await SendAsync(HttpMethod.Patch, "If-Match", _tag)).MustBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_receivers_failure_is_shown_and_is_no_change_of_the_webhook()
    {
        (await _client.Post(_path + "/test")).MustBe(HttpStatusCode.OK);

        var shown = (await SendAsync(HttpMethod.Get, "If-None-Match", _tag)).MustBe(HttpStatusCode.OK);

        Assert.Equal(1, shown["health"].GetProperty("consecutive_failures").GetInt32());
        Assert.NotEqual(_tag, TagOf(shown));
        (await SendAsync(HttpMethod.Patch, "If-Match", _tag)).MustBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("TAG")]
    [InlineData("W/TAG")]
    [InlineData("\"other\", TAG")]
    [InlineData("*")]
    public async Task A_webhook_is_changed_and_deleted_in_the_state_that_is_named(string tags)
    {
        var changed = (await SendAsync(HttpMethod.Patch, "If-Match", Named(tags))).MustBe(HttpStatusCode.OK);
        _tag = TagOf(changed);

        Assert.Equal("by me", changed["description"].GetString());
        (await SendAsync(HttpMethod.Delete, "If-Match", Named(tags))).MustBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_webhook_that_somebody_has_changed_is_not_changed_or_deleted()
    {
        var others = TagOf(await _client.Patch(_path, """{"description":"by another"}"""));

        Answer[] refused =
        [
            await SendAsync(HttpMethod.Patch, "If-Match", _tag),
            await SendAsync(HttpMethod.Patch, "If-Match", _tag, "{}"),
            await SendAsync(HttpMethod.Delete, "If-Match", _tag),
            await SendAsync(HttpMethod.Patch, "If-Match", "\"nonsense\""),
        ];

        Assert.All(refused, answer =>
        {
            answer.MustBeProblem(HttpStatusCode.PreconditionFailed, "changed-meanwhile");
            Assert.Equal(others, TagOf(answer));
        });
        Assert.Equal("by another", (await _client.Get(_path))["description"].GetString());
        (await SendAsync(HttpMethod.Patch, "If-Match", others)).MustBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Of_many_who_read_the_same_state_one_changes_it()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            number => SendAsync(HttpMethod.Patch, "If-Match", _tag, $$"""{"description":"{{number}}"}""")));

        var changed = Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.Equal(7, answers.Count(answer => answer.Status == HttpStatusCode.PreconditionFailed));
        Assert.Equal(changed.Text, (await _client.Get(_path)).Text);
    }

    [Fact]
    public async Task A_rotation_is_a_change_of_the_webhook()
    {
        (await _client.Post(_path + "/secret/rotate")).MustBe(HttpStatusCode.OK);

        (await SendAsync(HttpMethod.Delete, "If-Match", _tag)).MustBeProblem(HttpStatusCode.PreconditionFailed, "changed-meanwhile");
    }

    [Theory]
    [InlineData("*")]
    [InlineData("TAG")]
    public async Task A_webhook_that_is_not_there_is_not_found_whatever_the_condition(string tags)
    {
        (await _client.Delete(_path)).MustBe(HttpStatusCode.NoContent);

        (await SendAsync(HttpMethod.Patch, "If-Match", Named(tags))).MustBe(HttpStatusCode.NotFound);
        (await SendAsync(HttpMethod.Delete, "If-Match", Named(tags))).MustBe(HttpStatusCode.NotFound);
        (await SendAsync(HttpMethod.Get, "If-None-Match", Named(tags))).MustBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Another_organizations_webhook_is_not_found_whatever_the_condition()
    {
        using var other = api.Server.ForNewOrganization();

        (await SendAsync(HttpMethod.Delete, "If-Match", "*", client: other)).MustBe(HttpStatusCode.NotFound);
        (await SendAsync(HttpMethod.Delete, "If-Match", "\"other\"", client: other)).MustBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("")]
    [InlineData("unquoted")]
    [InlineData("\"open")]
    [InlineData("\"a\" \"b\"")]
    [InlineData("*, \"a\"")]
    public async Task A_condition_that_cannot_be_understood_is_refused_and_changes_nothing(string tags)
    {
        (await SendAsync(HttpMethod.Patch, "If-Match", tags)).MustRefuse("If-Match");
        (await SendAsync(HttpMethod.Delete, "If-Match", tags)).MustRefuse("If-Match");
        (await SendAsync(HttpMethod.Get, "If-None-Match", tags)).MustRefuse("If-None-Match");

        Assert.Equal(_tag, TagOf(await _client.Get(_path)));
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string TagOf(Answer answer) => answer.Headers.ETag!.ToString();

    private string Named(string tags) => tags.Replace("TAG", _tag, StringComparison.Ordinal);

    private async Task<Answer> SendAsync(
        HttpMethod method, string header, string tags, string json = """{"description":"by me"}""", HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(method, _path);
        request.Headers.TryAddWithoutValidation(header, tags);
        if (method == HttpMethod.Patch)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        return await (client ?? _client).CallAsync(request);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var database = NpgsqlDataSource.Create(api.Database.ConnectionString);
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = Guid.Parse(_path.Split('/')[^1]) });
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
