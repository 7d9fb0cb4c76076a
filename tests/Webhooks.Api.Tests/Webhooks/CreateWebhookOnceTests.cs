using System.Net;
using System.Text;
using Npgsql;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Webhooks;

/// <summary>Webhooks that are created under an <c>Idempotency-Key</c>.</summary>
public sealed class CreateWebhookOnceTests : IDisposable
{
    private const string Body = """{"url":"http://127.0.0.1:9000/hook","events":["user.created"],"description":"My webhook"}""";

    private readonly Guid _org = Guid.NewGuid();

    private readonly SharedApi _api;
    private readonly HttpClient _client;

    public CreateWebhookOnceTests(SharedApi api)
    {
        _api = api;
        _client = api.Server.For(_org);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_request_under_its_key_is_answered_with_the_same_webhook_and_secret()
    {
        var first = (await CreateAsync()).MustBe(HttpStatusCode.Created);

        var repeat = (await CreateAsync()).MustBe(HttpStatusCode.Created);

        Assert.Equal(first.Text, repeat.Text);
        Assert.Equal(first.Headers.Location, repeat.Headers.Location);
        Assert.Single((await _client.Get(Calls.Webhooks)).Data);
    }

    [Fact]
    public async Task A_repeat_shows_the_webhook_and_its_secret_as_they_are_now()
    {
        var first = (await CreateAsync()).MustBe(HttpStatusCode.Created);
        var path = first.Headers.Location!.ToString();
        (await _client.Patch(path, """{"description":"changed"}""")).MustBe(HttpStatusCode.OK);
        var rotated = await _client.Post(path + "/secret/rotate");

        var repeat = (await CreateAsync()).MustBe(HttpStatusCode.Created);

        Assert.Equal("changed", repeat["description"].GetString());
        Assert.Equal(rotated["secret"].GetString(), repeat["secret"].GetString());
    }

    [Fact]
    public async Task Another_request_under_the_same_key_is_refused()
    {
        (await CreateAsync()).MustBe(HttpStatusCode.Created);

        var other = await CreateAsync(Body.Replace("My", "Your", StringComparison.Ordinal));

        other.MustBeProblem(HttpStatusCode.UnprocessableEntity, "reused-idempotency-key");
        Assert.Single((await _client.Get(Calls.Webhooks)).Data);
    }

    [Fact]
    public async Task Requests_at_once_under_one_key_make_one_webhook()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CreateAsync()));

        Assert.Single(answers.Select(answer => answer.MustBe(HttpStatusCode.Created).Text).Distinct());
        Assert.Single((await _client.Get(Calls.Webhooks)).Data);
    }

    [Fact]
    public async Task Another_key_no_key_and_the_key_of_another_organization_make_webhooks_of_their_own()
    {
        using var other = _api.Server.ForNewOrganization();
        Answer[] answers =
        [
            await CreateAsync(), await CreateAsync(key: "other-key"), await CreateAsync(key: null), await CreateAsync(client: other),
        ];

        Assert.Equal(4, answers.Select(answer => answer.MustBe(HttpStatusCode.Created)["id"].GetGuid()).Distinct().Count());
    }

    [Fact]
    public async Task A_key_is_forgotten_after_a_day()
    {
        (await CreateAsync()).MustBe(HttpStatusCode.Created);
        await QueryAsync("UPDATE request_keys SET created_at = now() - interval '25 h' WHERE org_id = $1");

        (await CreateAsync("""{"url":"http://127.0.0.1:9000/other","events":["*"]}""")).MustBe(HttpStatusCode.Created);

        Assert.Equal(2, (await _client.Get(Calls.Webhooks)).Data.Count);
    }

    [Fact]
    public async Task A_request_that_made_nothing_has_not_taken_its_key()
    {
        (await CreateAsync("{}")).MustRefuse("url", "events");
        for (var count = 0; count < SharedApi.Limits.WebhooksPerOrganization; count++)
        {
            (await CreateAsync(key: $"key-{count}")).MustBe(HttpStatusCode.Created);
        }

        (await CreateAsync()).MustBeProblem(HttpStatusCode.Conflict, "too-many-webhooks");
        await _client.Delete(await FirstAsync());
        (await CreateAsync()).MustBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_webhook_that_was_deleted_is_not_made_again_under_its_key()
    {
        var first = (await CreateAsync()).MustBe(HttpStatusCode.Created);
        (await _client.Delete(first.Headers.Location!.ToString())).MustBe(HttpStatusCode.NoContent);

        (await CreateAsync()).MustBeProblem(HttpStatusCode.Conflict, "made-and-deleted");

        Assert.Empty((await _client.Get(Calls.Webhooks)).Data);
    }

    [Fact]
    public async Task Nothing_that_is_stored_shows_the_secret_or_the_body()
    {
        var created = (await CreateAsync()).MustBe(HttpStatusCode.Created);

        var stored = Assert.IsType<string>(await QueryAsync("SELECT request_keys::text FROM request_keys WHERE org_id = $1"));

        Assert.DoesNotContain(created["secret"].GetString()!, stored, StringComparison.Ordinal);
        Assert.DoesNotContain("hook", stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_cannot_be_used_is_refused() =>
        (await CreateAsync(key: new string('k', 256))).MustRefuse("Idempotency-Key");

    public void Dispose() => _client.Dispose();

    private async Task<string> FirstAsync() => $"{Calls.Webhooks}/{(await _client.Get(Calls.Webhooks)).Data[0].GetProperty("id")}";

    private async Task<Answer> CreateAsync(string json = Body, string? key = "my-key", HttpClient? client = null)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, Calls.Webhooks) { Content = content };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await (client ?? _client).CallAsync(request);
    }

    private async Task<object?> QueryAsync(string sql)
    {
        await using var database = NpgsqlDataSource.Create(_api.Database.ConnectionString);
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = _org });
        return await command.ExecuteScalarAsync(Cancel);
    }
}
