using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Webhooks.Api.Authentication;
using Webhooks.Api.Security;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Core.ApiKeys;
using Webhooks.Core.Credentials;
using Webhooks.Testing;

namespace Webhooks.Api.Tests.ApiKeys;

public sealed class ApiKeyTests(SharedApi api)
{
    private const string Keys = "/api/v1/api-keys";

    private static readonly string[] _everything = [Scopes.ReadWebhooks, Scopes.WriteWebhooks, Scopes.PublishEvents];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_shown_once_and_allows_what_it_says_for_its_organization()
    {
        var organization = Guid.NewGuid();
        using var owner = api.Server.For(organization);

        var made = await MakeAsync(owner, Scopes.ReadWebhooks);

        Assert.Equal($"{Keys}/{made["id"].GetGuid()}", made.Headers.Location!.ToString());
        Assert.Equal(organization, made["org_id"].GetGuid());
        Assert.StartsWith(made["prefix"].GetString()!, made["key"].GetString()!, StringComparison.Ordinal);
        var shown = (await owner.Get(made.Headers.Location!.ToString())).MustBe(HttpStatusCode.OK);
        Assert.False(shown.Json.TryGetProperty("key", out _));
        Assert.Equal(shown.Text, Assert.Single((await owner.Get(Keys)).Data).GetRawText());
        await owner.CreateWebhookAsync();
        using var program = With(made);
        Assert.Single((await program.Get(Calls.Webhooks)).MustBe(HttpStatusCode.OK).Data);
        (await program.Post(Calls.Webhooks, "{}")).MustBeProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task A_key_does_all_that_a_token_with_its_scopes_does()
    {
        string[] scopes = [.. _everything, Scopes.PullDeliveries, Scopes.WriteEventTypes];
        using var owner = api.Server.For(Guid.NewGuid(), scopes);
        using var program = With(await MakeAsync(owner, scopes));

        foreach (var (method, path) in Operations.All.Where(
            operation => Operations.ScopeOf(operation.Method, operation.Path) != Scopes.Admin))
        {
            Assert.DoesNotContain(
                (await program.CallAsync(method, path, "{}")).Status,
                (HttpStatusCode[])[HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.InternalServerError]);
        }

        await program.CreateWebhookAsync();
        await program.PublishAsync();
    }

    [Fact]
    public async Task Nothing_that_is_stored_or_logged_tells_the_key()
    {
        using var owner = api.Server.ForNewOrganization();
        var made = await MakeAsync(owner, Scopes.ReadWebhooks);
        var key = made["key"].GetString()!;
        using var program = With(made);
        await program.Get(Calls.Webhooks);
        using var guess = api.Server.WithToken(key[..^7] + "0" + key[^6..]);
        await guess.Get(Calls.Webhooks);

        await using var command = api.Database.DataSource.CreateCommand(
            "SELECT to_jsonb(api_keys)::text, hash FROM api_keys WHERE id = @id");
        command.Parameters.AddWithValue("id", made["id"].GetGuid());
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        await reader.ReadAsync(Cancel);

        var secret = key[26..59];
        Assert.DoesNotContain(secret, reader.GetString(0), StringComparison.Ordinal);
        Assert.Equal(CredentialText.Hash(key), reader.GetFieldValue<byte[]>(1));
        Assert.DoesNotContain(api.Server.Logs.Lines, line => line.Text.Contains(secret[..20], StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_typo_is_told_without_the_database()
    {
        await using var server = await ApiServer.StartAsync("Host=127.0.0.1;Port=1;Username=nobody");
        var key = CredentialText.ApiKey.Generate(Guid.CreateVersion7());
        using var mistyped = server.WithToken(key[..30] + (key[30] == 'x' ? 'y' : 'x') + key[31..]);
        using var unknown = server.WithToken(key);

        var refused = await mistyped.Get(Calls.Webhooks);

        refused.MustBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.Contains("checksum", refused["detail"].GetString(), StringComparison.Ordinal);
        (await unknown.Get(Calls.Webhooks)).MustBeProblem(HttpStatusCode.ServiceUnavailable, "database-unavailable");
    }

    [Fact]
    public async Task A_key_that_was_never_made_is_refused_as_one_whose_secret_is_wrong()
    {
        using var owner = api.Server.ForNewOrganization();
        var made = await MakeAsync(owner, Scopes.ReadWebhooks);
        using var unknown = api.Server.WithToken(CredentialText.ApiKey.Generate(Guid.CreateVersion7()));
        using var wrong = api.Server.WithToken(CredentialText.ApiKey.Generate(made["id"].GetGuid()));

        var first = await unknown.Get(Calls.Webhooks);
        var second = await wrong.Get(Calls.Webhooks);

        first.MustBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        second.MustBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.Equal(first["detail"].GetString(), second["detail"].GetString());
        Assert.StartsWith(
            "Bearer error=\"invalid_token\", error_description=\"", first.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("webhooks:read", "webhooks:write webhooks:read", "events:publish")]
    [InlineData("webhooks:read events:publish events:publish:any", "webhooks:write webhooks:read", "events:publish events:publish:any")]
    [InlineData("admin", "webhooks:write webhooks:read events:publish events:publish:any", "admin")]
    public async Task A_key_with_scopes_wider_than_its_makers_is_refused(string wanted, string makers, string wider)
    {
        using var maker = api.Server.For(Guid.NewGuid(), makers.Split(' '));
        string[] scopes = [.. wanted.Split(' '), .. wider.Split(' ')];

        var refused = await maker.Post(Keys, Body(scopes.Distinct()));

        refused.MustBeProblem(HttpStatusCode.Forbidden, "forbidden");
        Assert.Equal(
            $"Bearer error=\"insufficient_scope\", scope=\"{wider}\"", refused.Headers.WwwAuthenticate.ToString());
        Assert.All(wider.Split(' '), scope => Assert.Contains(scope, refused["detail"].GetString(), StringComparison.Ordinal));
        Assert.Empty((await maker.Get(Keys)).Data);
    }

    [Fact]
    public async Task An_operator_may_make_a_key_with_every_scope_for_an_organization_and_the_key_is_an_operators()
    {
        var (organization, other) = (Guid.NewGuid(), Guid.NewGuid());
        using var maker = api.Server.WithToken(api.Server.Key.CreateToken(null, [Scopes.Admin], TimeSpan.FromMinutes(5)));
        maker.DefaultRequestHeaders.Add(OrganizationHeader.Name, organization.ToString());

        var made = await MakeAsync(maker, [.. Scopes.All]);

        Assert.Equal(organization, made["org_id"].GetGuid());
        using var elsewhere = api.Server.For(other);
        await elsewhere.CreateWebhookAsync();
        using var program = With(made);
        Assert.Empty((await program.Get(Calls.Webhooks)).Data);
        program.DefaultRequestHeaders.Add(OrganizationHeader.Name, other.ToString());
        Assert.Single((await program.Get(Calls.Webhooks)).Data);
    }

    [Fact]
    public async Task A_key_that_a_key_makes_allows_no_more_and_ends_no_later()
    {
        using var owner = api.Server.ForNewOrganization();
        var end = DateTimeOffset.UtcNow.AddHours(1);
        var parent = await MakeAsync(owner, [Scopes.ReadWebhooks, Scopes.WriteWebhooks], end);
        using var program = With(parent);

        var refused = await program.Post(Keys, Body([Scopes.ReadWebhooks, Scopes.PublishEvents]));
        var child = await MakeAsync(program, Scopes.ReadWebhooks);
        var later = await MakeAsync(program, [Scopes.ReadWebhooks], end.AddDays(1));

        refused.MustBeProblem(HttpStatusCode.Forbidden, "forbidden");
        foreach (var made in (Answer[])[child, later])
        {
            Assert.Equal(parent["id"].GetGuid(), made["made_by"].GetGuid());
            Assert.Equal(parent["expires_at"].GetString(), made["expires_at"].GetString());
        }
    }

    [Fact]
    public async Task With_a_key_go_all_keys_that_were_made_with_it()
    {
        using var owner = api.Server.ForNewOrganization();
        var parent = await MakeAsync(owner, _everything);
        using var program = With(parent);
        var child = await MakeAsync(program, Scopes.ReadWebhooks, Scopes.WriteWebhooks);
        using var second = With(child);
        using var third = With(await MakeAsync(second, Scopes.ReadWebhooks));
        using var stranger = With(await MakeAsync(owner, Scopes.ReadWebhooks));
        (await third.Get(Calls.Webhooks)).MustBe(HttpStatusCode.OK);

        (await owner.Delete($"{Keys}/{parent["id"].GetGuid()}")).MustBe(HttpStatusCode.NoContent);

        foreach (var gone in (HttpClient[])[program, second, third])
        {
            (await gone.Get(Calls.Webhooks)).MustBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        }

        (await stranger.Get(Calls.Webhooks)).MustBe(HttpStatusCode.OK);
        Assert.Single((await owner.Get(Keys)).Data);
    }

    [Fact]
    public async Task A_stream_of_requests_with_a_key_that_is_revoked_in_its_middle_gets_401_from_then_on_at_every_server()
    {
        await using var other = await ApiServer.StartAsync(api.Database.ConnectionString);
        using var owner = api.Server.ForNewOrganization();
        var made = await MakeAsync(owner, _everything);
        var key = made["key"].GetString()!;
        using HttpClient here = api.Server.WithToken(key), there = other.WithToken(key);
        long revokedAt = 0;
        using var begun = new CountdownEvent(2);
        var streams = ((HttpClient[])[here, there]).Select(
            client => StreamAsync(client, begun, () => Volatile.Read(ref revokedAt))).ToArray();
        await Eventually.HoldsAsync(() => begun.IsSet, () => "a stream has not begun", Cancel);

        (await owner.Delete($"{Keys}/{made["id"].GetGuid()}")).MustBe(HttpStatusCode.NoContent);
        Volatile.Write(ref revokedAt, Environment.TickCount64);

        Assert.All(await Task.WhenAll(streams), late => Assert.Equal(0, late));
    }

    [Fact]
    public async Task A_key_is_refused_from_its_end_on()
    {
        using var owner = api.Server.ForNewOrganization();
        using var program = With(await MakeAsync(owner, [Scopes.ReadWebhooks], DateTimeOffset.UtcNow.AddSeconds(1)));

        Answer? refused = null;
        await Eventually.HoldsAsync(
            async () => (refused = await program.Get(Calls.Webhooks)).Status != HttpStatusCode.OK, () => "it is accepted", Cancel);

        refused!.MustBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.Contains("expired", refused["detail"].GetString(), StringComparison.Ordinal);
        Assert.Single((await owner.Get(Keys)).Data);
    }

    [Fact]
    public async Task The_audit_tells_who_made_and_revoked_a_key_and_what_went_with_it()
    {
        using var owner = api.Server.ForNewOrganization();
        var parent = await MakeAsync(owner, _everything);
        using var program = With(parent);
        var child = await MakeAsync(program, Scopes.ReadWebhooks);
        (await program.Delete($"{Keys}/{parent["id"].GetGuid()}")).MustBe(HttpStatusCode.NoContent);

        var entries = (await owner.Get("/api/v1/audit")).Data.Where(
            entry => entry.GetProperty("resource").GetProperty("kind").GetString() == "api_key").ToArray();

        Assert.Equal(
            [
                ("api_key.created", child), ("api_key.created", parent), ("api_key.revoked", child), ("api_key.revoked", parent),
            ],
            entries.Select(entry => (
                    entry.GetProperty("action").GetString()!,
                    entry.GetProperty("resource").GetProperty("id").GetGuid() == parent["id"].GetGuid() ? parent : child))
                .OrderBy(entry => entry.Item1, StringComparer.Ordinal)
                .ThenBy(entry => entry.Item2 == parent));
        Assert.Equal(
            ["key", "key", "key", "user"], entries.Select(entry => entry.GetProperty("actor").GetProperty("kind").GetString()));
        Assert.All(entries, entry => Assert.DoesNotContain("hash", entry.GetRawText(), StringComparison.Ordinal));
        Assert.Equal(
            ["name", "scopes"],
            entries[^1].GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task Another_organizations_key_is_not_found()
    {
        using var owner = api.Server.ForNewOrganization();
        using var other = api.Server.ForNewOrganization();
        var made = await MakeAsync(owner, Scopes.ReadWebhooks);
        var path = $"{Keys}/{made["id"].GetGuid()}";

        (await other.Get(path)).MustBeProblem(HttpStatusCode.NotFound, "not-found");
        (await other.Delete(path)).MustBeProblem(HttpStatusCode.NotFound, "not-found");
        Assert.Empty((await other.Get(Keys)).Data);
        (await owner.Get($"{Keys}/not-a-uuid")).MustBeProblem(HttpStatusCode.NotFound, "not-found");

        (await owner.Delete(path)).MustBe(HttpStatusCode.NoContent);
        (await owner.Delete(path)).MustBeProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task An_organization_has_as_many_keys_as_it_may_have_also_when_they_are_made_at_once()
    {
        using var owner = api.Server.ForNewOrganization();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => owner.Post(Keys, Body([Scopes.ReadWebhooks]))));

        var made = answers.Where(answer => answer.Status == HttpStatusCode.Created).ToArray();
        Assert.Equal(SharedApi.Limits.ApiKeysPerOrganization, made.Length);
        Assert.All(answers.Except(made), answer => answer.MustBeProblem(HttpStatusCode.Conflict, "too-many-api-keys"));
        (await owner.Delete($"{Keys}/{made[0]["id"].GetGuid()}")).MustBe(HttpStatusCode.NoContent);
        (await owner.Post(Keys, Body([Scopes.ReadWebhooks]))).MustBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Keys_are_listed_newest_first_page_by_page()
    {
        using var owner = api.Server.ForNewOrganization();
        var first = await MakeAsync(owner, Scopes.ReadWebhooks);
        var second = await MakeAsync(owner, Scopes.ReadWebhooks);

        var page = await owner.Get($"{Keys}?limit=1");
        var rest = await owner.Get($"{Keys}?limit=1&cursor={page["next_cursor"].GetString()}");

        Assert.Equal(second["id"].GetGuid(), Assert.Single(page.Data).GetProperty("id").GetGuid());
        Assert.Equal(first["id"].GetGuid(), Assert.Single(rest.Data).GetProperty("id").GetGuid());
        Assert.Equal(JsonValueKind.Null, rest["next_cursor"].ValueKind);
        (await owner.Get($"{Keys}?scope=admin")).MustRefuse("scope");
    }

    [Fact]
    public async Task A_request_that_is_repeated_under_its_key_makes_one_and_is_not_shown_it_again()
    {
        using var owner = api.Server.ForNewOrganization();
        owner.DefaultRequestHeaders.Add("Idempotency-Key", "key-1");
        var made = await MakeAsync(owner, Scopes.ReadWebhooks);

        var repeated = await owner.Post(Keys, Body([Scopes.ReadWebhooks]));
        var another = await owner.Post(Keys, Body([Scopes.WriteWebhooks]));

        repeated.MustBeProblem(HttpStatusCode.Conflict, "shown-once");
        Assert.Contains(made["id"].GetGuid().ToString(), repeated["detail"].GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(made["key"].GetString()!, repeated.Text, StringComparison.Ordinal);
        another.MustBeProblem(HttpStatusCode.UnprocessableEntity, "reused-idempotency-key");
        Assert.Single((await owner.Get(Keys)).Data);
        (await owner.Delete($"{Keys}/{made["id"].GetGuid()}")).MustBe(HttpStatusCode.NoContent);
        (await owner.Post(Keys, Body([Scopes.ReadWebhooks]))).MustBeProblem(HttpStatusCode.Conflict, "made-and-deleted");
    }

    [Fact]
    public async Task When_a_key_was_last_used_is_shown_once_it_is_stored()
    {
        using var owner = api.Server.ForNewOrganization();
        var made = await MakeAsync(owner, Scopes.ReadWebhooks);
        Assert.Equal(JsonValueKind.Null, made["last_used_at"].ValueKind);
        using var program = With(made);
        await program.Get(Calls.Webhooks);

        await api.Server.Services.GetRequiredService<KeyUses>().StoreAsync(Cancel);

        var shown = (await owner.Get($"{Keys}/{made["id"].GetGuid()}"))["last_used_at"].GetDateTimeOffset();
        Assert.InRange(shown, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow);
    }

    [Theory]
    [InlineData("""{}""", "name scopes")]
    [InlineData("""{"name":"","scopes":["webhooks:read"]}""", "name")]
    [InlineData("""{"name":7,"scopes":["webhooks:read"]}""", "name")]
    [InlineData("""{"name":"a\u0000b","scopes":["webhooks:read"]}""", "name")]
    [InlineData("""{"name":"a\nb","scopes":["webhooks:read"]}""", "name")]
    [InlineData("""{"name":"x","scopes":[]}""", "scopes")]
    [InlineData("""{"name":"x","scopes":"webhooks:read"}""", "scopes")]
    [InlineData("""{"name":"x","scopes":["webhooks:read","everything","Admin"]}""", "scopes[1] scopes[2]")]
    [InlineData("""{"name":"x","scopes":["webhooks:read webhooks:write"]}""", "scopes[0]")]
    [InlineData("""{"name":"x","scopes":["webhooks:read"],"expires_at":"tomorrow"}""", "expires_at")]
    [InlineData("""{"name":"x","scopes":["webhooks:read"],"expires_at":"2020-01-01T00:00:00Z"}""", "expires_at")]
    [InlineData("""{"name":"x","scopes":["webhooks:read"],"key":"whk_mine"}""", "key")]
    public async Task A_key_that_makes_no_sense_is_refused_by_field(string body, string fields)
    {
        using var owner = api.Server.ForNewOrganization();

        (await owner.Post(Keys, body)).MustRefuse(fields.Split(' '));
    }

    [Fact]
    public async Task A_name_has_up_to_a_hundred_characters()
    {
        using var owner = api.Server.ForNewOrganization();
        var most = string.Concat(Enumerable.Repeat("😀", 100));

        (await owner.Post(Keys, $$"""{"name":"{{most}}","scopes":["webhooks:read"]}""")).MustBe(HttpStatusCode.Created);
        (await owner.Post(Keys, $$"""{"name":"{{most}}x","scopes":["webhooks:read"]}""")).MustRefuse("name");
    }

    /// <summary>Sends requests until twenty in a row were refused.</summary>
    /// <returns>How many were accepted that should not have been.</returns>
    private static async Task<int> StreamAsync(HttpClient client, CountdownEvent begun, Func<long> revokedAt)
    {
        var (accepted, late, refused) = (0, 0, 0);
        while (refused < FailedAuthentications.Most + 10)
        {
            var revoked = revokedAt();
            var isLate = revoked > 0 && Environment.TickCount64 - revoked > KnownKeys.Validity.TotalMilliseconds;
            var answer = await client.Get(Calls.Webhooks);
            if (answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests)
            {
                // The first ones say why; then the address has to wait.
                refused++;
                Assert.Equal(refused > FailedAuthentications.Most, answer.Status == HttpStatusCode.TooManyRequests);
                continue;
            }

            answer.MustBe(HttpStatusCode.OK);
            if (++accepted == 10)
            {
                begun.Signal();
            }

            // Accepted after it was refused, or when every server had to know.
            late += isLate || refused > 0 ? 1 : 0;
        }

        return late;
    }

    private static string Body(IEnumerable<string> scopes, DateTimeOffset? expiresAt = null) => expiresAt is { } end
        ? JsonSerializer.Serialize(new { name = "Test", scopes, expires_at = end })
        : JsonSerializer.Serialize(new { name = "Test", scopes });

    private static Task<Answer> MakeAsync(HttpClient client, params string[] scopes) => MakeAsync(client, scopes, expiresAt: null);

    private static async Task<Answer> MakeAsync(HttpClient client, string[] scopes, DateTimeOffset? expiresAt) =>
        (await client.Post(Keys, Body(scopes, expiresAt))).MustBe(HttpStatusCode.Created);

    private HttpClient With(Answer made) => api.Server.WithToken(made["key"].GetString()!);
}
