using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Api.Tests.Webhooks;

public sealed class RotateSecretTests(SharedApi api) : IAsyncLifetime
{
    private readonly HttpClient _client = api.Server.ForNewOrganization();
    private Receiver _receiver = null!;
    private Guid _id;
    private string _old = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Webhook => $"{Calls.Webhooks}/{_id}";

    public async ValueTask InitializeAsync()
    {
        _receiver = await Receiver.StartAsync();
        var created = await _client.Post(Calls.Webhooks, $$"""{"url":"{{_receiver.Url}}/hook","events":["user.created"]}""");
        created.MustBe(HttpStatusCode.Created);
        _id = created["id"].GetGuid();
        _old = created["secret"].GetString()!;
    }

    [Fact]
    public async Task During_the_overlap_both_secrets_verify_and_the_header_of_one_value_stays_with_the_old_one()
    {
        var rotated = (await RotateAsync("""{"overlap_seconds":3600}""")).MustBe(HttpStatusCode.OK);
        var request = await SendAsync();

        var @new = rotated["secret"].GetString()!;
        Assert.NotEqual(_old, @new);
        Assert.InRange(
            rotated["previous_secret_expires_at"].GetDateTimeOffset(),
            DateTimeOffset.UtcNow.AddMinutes(50),
            DateTimeOffset.UtcNow.AddMinutes(70));
        Assert.Equal([true, true], [Verifies(request, _old), Verifies(request, @new)]);
        Assert.Equal(2, request.Header("webhook-signature")!.Split(' ').Length);
        Assert.StartsWith(StandardSignature(request, @new), request.Header("webhook-signature"), StringComparison.Ordinal);
        Assert.Equal(HexOf(request, _old), request.Header("X-Webhook-Signature"));
        Assert.Equal(HexOf(request, @new), request.Header("X-Webhook-Signature-Next"));
    }

    [Fact]
    public async Task After_promote_the_header_of_one_value_is_the_new_secrets_and_both_still_verify()
    {
        var @new = (await RotateAsync())["secret"].GetString()!;

        var promoted = (await _client.Post(Webhook + "/secret/promote")).MustBe(HttpStatusCode.OK);
        (await _client.Post(Webhook + "/secret/promote")).MustBe(HttpStatusCode.OK);
        var request = await SendAsync();

        Assert.Equal(JsonValueKind.String, promoted["previous_secret_expires_at"].ValueKind);
        Assert.Equal([true, true], [Verifies(request, _old), Verifies(request, @new)]);
        Assert.Equal(HexOf(request, @new), request.Header("X-Webhook-Signature"));
        Assert.Null(request.Header("X-Webhook-Signature-Next"));
    }

    [Fact]
    public async Task When_the_old_secret_is_erased_the_new_one_signs_alone()
    {
        var @new = (await RotateAsync())["secret"].GetString()!;

        (await _client.Delete(Webhook + "/secret/previous")).MustBe(HttpStatusCode.NoContent);
        (await _client.Delete(Webhook + "/secret/previous")).MustBe(HttpStatusCode.NoContent);

        AssertSignedByAlone(@new, await SendAsync());
        Assert.Equal(JsonValueKind.Null, (await _client.Get(Webhook))["previous_secret_expires_at"].ValueKind);
        Assert.Equal(0, await CountAsync("previous_secret IS NOT NULL"));
    }

    [Fact]
    public async Task An_overlap_ends_by_itself()
    {
        var @new = (await RotateAsync("""{"overlap_seconds":1}"""))["secret"].GetString()!;
        await Eventually.HoldsAsync(
            async () => (await _client.Get(Webhook))["previous_secret_expires_at"].ValueKind == JsonValueKind.Null,
            () => "The overlap runs.",
            Cancel);

        AssertSignedByAlone(@new, await SendAsync());
        (await _client.Post(Webhook + "/secret/promote")).MustBeProblem(HttpStatusCode.Conflict, "no-secret-overlap");
        (await RotateAsync()).MustBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_an_overlap_the_old_secret_is_gone_at_once()
    {
        var rotated = (await RotateAsync("""{"overlap_seconds":0}""")).MustBe(HttpStatusCode.OK);

        Assert.Equal(JsonValueKind.Null, rotated["previous_secret_expires_at"].ValueKind);
        AssertSignedByAlone(rotated["secret"].GetString()!, await SendAsync());
        Assert.Equal(0, await CountAsync("previous_secret IS NOT NULL"));
    }

    [Fact]
    public async Task While_an_overlap_runs_another_rotation_is_refused_unless_it_is_forced()
    {
        var first = (await RotateAsync())["secret"].GetString()!;

        var refused = await RotateAsync();
        var afterRefusal = await SendAsync();
        var second = (await RotateAsync("""{"force":true}""")).MustBe(HttpStatusCode.OK)["secret"].GetString()!;
        var afterForce = await SendAsync();

        refused.MustBeProblem(HttpStatusCode.Conflict, "secret-overlap-runs");
        Assert.Equal([true, true], [Verifies(afterRefusal, _old), Verifies(afterRefusal, first)]);
        Assert.Equal(
            [false, true, true], [Verifies(afterForce, _old), Verifies(afterForce, first), Verifies(afterForce, second)]);
        Assert.Equal(HexOf(afterForce, first), afterForce.Header("X-Webhook-Signature"));
    }

    [Fact]
    public async Task A_rotation_undoes_the_promotion_of_the_one_before()
    {
        var first = (await RotateAsync())["secret"].GetString()!;
        (await _client.Post(Webhook + "/secret/promote")).MustBe(HttpStatusCode.OK);

        (await RotateAsync("""{"force":true}""")).MustBe(HttpStatusCode.OK);

        var request = await SendAsync();
        Assert.Equal(HexOf(request, first), request.Header("X-Webhook-Signature"));
    }

    [Fact]
    public async Task The_webhook_shows_the_end_of_its_secret_and_of_the_overlap()
    {
        var before = await _client.Get(Webhook);
        var rotated = await RotateAsync();
        var after = await _client.Get(Webhook);
        var listed = Assert.Single((await _client.Get(Calls.Webhooks)).Data);

        Assert.Equal(_old[^4..], before["secret_hint"].GetString());
        Assert.Equal(JsonValueKind.Null, before["previous_secret_expires_at"].ValueKind);
        Assert.Equal(rotated["secret"].GetString()![^4..], after["secret_hint"].GetString());
        Assert.Equal(rotated["previous_secret_expires_at"].GetString(), after["previous_secret_expires_at"].GetString());
        Assert.NotEqual(before["updated_at"].GetString(), after["updated_at"].GetString());
        Assert.Equal(after.Text, listed.GetRawText());
        Assert.DoesNotContain("whsec_", after.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_a_secret_that_an_earlier_version_stored_is_shown_too()
    {
        await ExecuteAsync("UPDATE webhooks SET secret_hint = NULL WHERE id = $1");

        Assert.Equal(_old[^4..], (await _client.Get(Webhook))["secret_hint"].GetString());
        Assert.Equal(_old[^4..], (await _client.Patch(Webhook, """{"description":"x"}"""))["secret_hint"].GetString());
    }

    [Fact]
    public async Task A_webhook_of_an_earlier_version_is_shown_also_when_its_secret_cannot_be_read()
    {
        await ExecuteAsync("UPDATE webhooks SET secret_hint = NULL, secret = 'v1:gone:AAAA' WHERE id = $1");

        Assert.Equal(JsonValueKind.Null, (await _client.Get(Webhook)).MustBe(HttpStatusCode.OK)["secret_hint"].ValueKind);
    }

    [Fact]
    public async Task The_same_request_under_its_key_is_answered_with_the_same_secret_and_changes_nothing()
    {
        var first = (await RotateAsync("""{"overlap_seconds":3600}""", "my-key")).MustBe(HttpStatusCode.OK);
        var before = await _client.Get(Webhook);

        var repeat = (await RotateAsync("""{ "force": false, "overlap_seconds": 3600 }""", "my-key")).MustBe(HttpStatusCode.OK);

        Assert.Equal(first.Text, repeat.Text);
        Assert.Equal(before.Text, (await _client.Get(Webhook)).Text);
    }

    [Theory]
    [InlineData("""{"overlap_seconds":3601}""")]
    [InlineData("""{"overlap_seconds":3600,"force":true}""")]
    public async Task Another_request_under_the_same_key_is_refused(string other)
    {
        var first = (await RotateAsync("""{"overlap_seconds":3600}""", "my-key"))["secret"].GetString()!;

        (await RotateAsync(other, "my-key")).MustBeProblem(HttpStatusCode.UnprocessableEntity, "reused-idempotency-key");

        Assert.True(Verifies(await SendAsync(), first));
    }

    [Fact]
    public async Task Requests_at_once_under_one_key_rotate_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RotateAsync("{}", "my-key")));

        Assert.Single(answers.Select(answer => answer.MustBe(HttpStatusCode.OK).Text).Distinct());
        var request = await SendAsync();
        Assert.Equal([true, true], [Verifies(request, _old), Verifies(request, answers[0]["secret"].GetString()!)]);
    }

    [Fact]
    public async Task Requests_at_once_without_a_key_rotate_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RotateAsync()));

        var rotated = Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        var request = await SendAsync();
        Assert.Equal([true, true], [Verifies(request, _old), Verifies(request, rotated["secret"].GetString()!)]);
    }

    [Fact]
    public async Task A_key_is_forgotten_after_a_day()
    {
        var first = (await RotateAsync("{}", "my-key"))["secret"].GetString();
        await ExecuteAsync("UPDATE webhooks SET rotated_at = now() - interval '25 h', previous_secret_expires_at = now() WHERE id = $1");

        var second = (await RotateAsync("""{"overlap_seconds":5}""", "my-key")).MustBe(HttpStatusCode.OK);

        Assert.NotEqual(first, second["secret"].GetString());
    }

    [Fact]
    public async Task Nothing_that_is_stored_shows_a_secret()
    {
        var @new = (await RotateAsync("{}", "my-key"))["secret"].GetString()!;

        Assert.Equal(0, await CountAsync($"position('{_old}' IN webhooks::text) > 0 OR position('{@new}' IN webhooks::text) > 0"));
        Assert.DoesNotContain(api.Server.Logs.Lines, line => line.Text.Contains(@new, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"overlap_seconds":-1}""", "overlap_seconds")]
    [InlineData("""{"overlap_seconds":604801}""", "overlap_seconds")]
    [InlineData("""{"overlap_seconds":1.5}""", "overlap_seconds")]
    [InlineData("""{"overlap_seconds":"60"}""", "overlap_seconds")]
    [InlineData("""{"overlap_seconds":null}""", "overlap_seconds")]
    [InlineData("""{"overlap_seconds":1e99}""", "overlap_seconds")]
    [InlineData("""{"force":1}""", "force")]
    [InlineData("""{"overlap":60}""", "overlap")]
    public async Task A_body_that_cannot_be_used_is_refused_and_changes_nothing(string json, string field)
    {
        (await RotateAsync(json)).MustRefuse(field);

        AssertSignedByAlone(_old, await SendAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(604_800)]
    public async Task The_shortest_and_the_longest_overlap_are_accepted(int seconds) =>
        (await RotateAsync($$"""{"overlap_seconds":{{seconds}}}""")).MustBe(HttpStatusCode.OK);

    [Fact]
    public async Task A_key_that_cannot_be_used_is_refused()
    {
        (await RotateAsync("{}", "")).MustRefuse("Idempotency-Key");
        (await RotateAsync("{}", new string('k', 256))).MustRefuse("Idempotency-Key");
        (await RotateAsync("{}", "a\tkey")).MustRefuse("Idempotency-Key");

        (await RotateAsync("{}", new string('k', 255))).MustBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_an_overlap_there_is_nothing_to_promote()
    {
        (await _client.Post(Webhook + "/secret/promote")).MustBeProblem(HttpStatusCode.Conflict, "no-secret-overlap");
        (await _client.Delete(Webhook + "/secret/previous")).MustBe(HttpStatusCode.NoContent);

        AssertSignedByAlone(_old, await SendAsync());
    }

    [Fact]
    public async Task A_deleted_webhook_has_no_secret_any_more_and_gets_none()
    {
        (await RotateAsync()).MustBe(HttpStatusCode.OK);
        (await _client.Delete(Webhook)).MustBe(HttpStatusCode.NoContent);

        (await RotateAsync("""{"force":true}""")).MustBeProblem(HttpStatusCode.NotFound, "not-found");
        (await _client.Post(Webhook + "/secret/promote")).MustBeProblem(HttpStatusCode.NotFound, "not-found");
        (await _client.Delete(Webhook + "/secret/previous")).MustBeProblem(HttpStatusCode.NotFound, "not-found");
        Assert.Equal(0, await CountAsync("secret IS NOT NULL OR previous_secret IS NOT NULL OR secret_hint IS NOT NULL"));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _receiver.DisposeAsync();
    }

    /// <summary>Sends a test delivery, which is signed as every delivery, and gives what the receiver got.</summary>
    private async Task<ReceivedRequest> SendAsync()
    {
        (await _client.Post(Webhook + "/test")).MustBe(HttpStatusCode.OK);
        return _receiver.Requests[^1];
    }

    private async Task<Answer> RotateAsync(string? json = null, string? key = null)
    {
        using var content = new StringContent(json ?? "", Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, Webhook + "/secret/rotate") { Content = content };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        return await _client.CallAsync(request);
    }

    private static void AssertSignedByAlone(string secret, ReceivedRequest request)
    {
        Assert.Equal(StandardSignature(request, secret), request.Header("webhook-signature"));
        Assert.Equal(HexOf(request, secret), request.Header("X-Webhook-Signature"));
        Assert.Null(request.Header("X-Webhook-Signature-Next"));
    }

    private static bool Verifies(ReceivedRequest request, string secret) =>
        request.Header("webhook-signature")!.Split(' ').Contains(StandardSignature(request, secret));

    private static string HexOf(ReceivedRequest request, string secret) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), request.Body));

    private static string StandardSignature(ReceivedRequest request, string secret)
    {
        byte[] content =
            [.. Encoding.ASCII.GetBytes($"{request.Header("webhook-id")}.{request.Header("webhook-timestamp")}."), .. request.Body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), content));
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var database = NpgsqlDataSource.Create(api.Database.ConnectionString);
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddWithValue(_id);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    /// <summary>1 if a condition in SQL holds for the webhook's row, otherwise 0.</summary>
    private async Task<long> CountAsync(string condition)
    {
        await using var database = NpgsqlDataSource.Create(api.Database.ConnectionString);
        await using var command = database.CreateCommand($"SELECT count(*) FROM webhooks WHERE id = $1 AND ({condition})");
        command.Parameters.AddWithValue(_id);
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
