using System.Net;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using Webhooks.Api.Authentication;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Authentication;

public sealed class TokenTests(SharedApi api)
{
    [Fact]
    public async Task Without_a_token_every_operation_answers_401_and_asks_for_one()
    {
        using var client = api.Server.Anonymous();

        foreach (var (method, path) in Operations.All)
        {
            var refused = await client.CallAsync(method, path, "{}");
            refused.MustBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
            Assert.Equal("Bearer", refused.Headers.WwwAuthenticate.ToString());
        }
    }

    [Fact]
    public async Task A_good_token_is_accepted()
    {
        using var client = api.Server.WithToken(Tokens.Good(api.Server.Key, _ => { }));

        (await client.Get(Calls.Webhooks)).MustBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_expired_token_is_refused() =>
        await MustBeRefusedAsync("expired", token => token.Expires = DateTime.UtcNow.AddMinutes(-1));

    [Fact]
    public async Task A_token_that_is_not_valid_yet_is_refused() =>
        await MustBeRefusedAsync("not valid yet", token => token.NotBefore = DateTime.UtcNow.AddMinutes(10));

    [Fact]
    public async Task A_token_without_expiry_is_refused() =>
        await MustBeRefusedAsync("no expiry", token => token.Expires = null);

    [Fact]
    public async Task A_token_of_another_issuer_is_refused() =>
        await MustBeRefusedAsync("issuer", token => token.Issuer = "https://elsewhere.example.com");

    [Fact]
    public async Task A_token_for_another_audience_is_refused() =>
        await MustBeRefusedAsync("audience", token => token.Audience = "something-else");

    [Fact]
    public async Task A_token_without_audience_is_refused() =>
        await MustBeRefusedAsync("audience", token => token.Audience = null);

    [Fact]
    public async Task A_token_signed_with_a_foreign_key_is_refused() =>
        await MustBeRefusedAsync("signature", token => token.SigningCredentials = new SigningCredentials(
            new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)), SecurityAlgorithms.HmacSha256));

    [Fact]
    public async Task A_token_signed_with_an_algorithm_that_is_not_expected_is_refused()
    {
        using var rsa = RSA.Create(2048);
        await MustBeRefusedAsync(
            "", token => token.SigningCredentials = new SigningCredentials(new RsaSecurityKey(rsa), SecurityAlgorithms.RsaSha256));
        await MustBeRefusedAsync("", token => token.SigningCredentials = new SigningCredentials(
            new SymmetricSecurityKey([.. ((SymmetricSecurityKey)token.SigningCredentials.Key).Key, .. new byte[32]]),
            SecurityAlgorithms.HmacSha512));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    public async Task An_unsigned_token_is_refused(string algorithm)
    {
        var payload = Tokens.Good(api.Server.Key, _ => { }).Split('.')[1];
        var header = Base64UrlEncoder.Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}""");

        await MustBeRefusedAsync($"{header}.{payload}.", "");
        await MustBeRefusedAsync($"{header}.{payload}.AAAA", "");
    }

    [Fact]
    public async Task A_token_that_was_changed_after_signing_is_refused()
    {
        var parts = Tokens.Good(api.Server.Key, _ => { }).Split('.');
        var payload = Base64UrlEncoder.Decode(parts[1]).Replace("\"org_id\":\"", "\"org_id\":\"0", StringComparison.Ordinal);

        await MustBeRefusedAsync($"{parts[0]}.{Base64UrlEncoder.Encode(payload)}.{parts[2]}", "signature");
    }

    [Theory]
    [InlineData("not-a-token")]
    [InlineData("a.b.c")]
    [InlineData("..")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.e30")]
    public async Task Text_that_is_not_a_token_is_refused(string token) => await MustBeRefusedAsync(token, "malformed");

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Basic dXNlcjpwYXNzd29yZA==")]
    [InlineData("Token abc")]
    public async Task A_header_of_another_scheme_is_as_good_as_none(string header)
    {
        using var client = api.Server.Anonymous();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);

        (await client.Get(Calls.Webhooks)).MustBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Theory]
    [InlineData("acme")]
    [InlineData("")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("{01980000-0000-7000-8000-000000000000}")]
    [InlineData("01980000000070008000000000000000")]
    [InlineData(" 01980000-0000-7000-8000-000000000000")]
    [InlineData("01980000-0000-7000-8000-000000000000 ")]
    [InlineData("01980000-0000-7000-8000-000000000000\n")]
    public async Task A_token_whose_organization_is_not_a_uuid_is_refused(string organization) =>
        await MustBeRefusedAsync("org_id", token => token.Claims["org_id"] = organization);

    [Fact]
    public async Task A_token_that_names_two_organizations_is_refused() =>
        await MustBeRefusedAsync(
            "org_id", token => token.Claims["org_id"] = new[] { Guid.NewGuid().ToString(), Guid.NewGuid().ToString() });

    [Theory]
    [InlineData("\"org_id\":[\"01980000-0000-7000-8000-000000000000\"]", "org_id")]
    [InlineData("\"org_id\":null", "org_id")]
    [InlineData("\"org_id\":7", "org_id")]
    [InlineData("\"org_id\":\"01980000-0000-7000-8000-000000000000\",\"org_id\":\"01980000-0000-7000-8000-000000000001\"", "twice")]
    [InlineData("\"nbf\":1,\"nbf\":2", "twice")]
    [InlineData("\"nbf\":1.5", "nbf")]
    [InlineData("\"iat\":1e3", "iat")]
    public async Task A_token_whose_claims_can_be_understood_in_two_ways_is_refused(string claims, string reason) =>
        await MustBeRefusedAsync(
            Tokens.Raw(api.Server.Key, $"\"exp\":{DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds()},{claims}"), reason);

    [Theory]
    [InlineData("1e400", "")]
    [InlineData("1e11", "exp")]
    [InlineData("9999999999.5", "exp")]
    [InlineData("999999999999999", "")]
    [InlineData("\"9999999999\"", "")]
    public async Task A_token_whose_expiry_is_not_a_whole_number_is_refused(string expiry, string reason) =>
        await MustBeRefusedAsync(
            Tokens.Raw(api.Server.Key, $"\"exp\":{expiry},\"org_id\":\"01980000-0000-7000-8000-000000000000\""), reason);

    [Fact]
    public async Task A_token_without_organization_may_do_nothing_for_one()
    {
        using var client = api.Server.WithToken(Tokens.Good(api.Server.Key, token => token.Claims.Remove("org_id")));

        var refused = await client.Get(Calls.Webhooks);

        refused.MustBeProblem(HttpStatusCode.Forbidden, "forbidden");
        Assert.Contains("org_id", refused["detail"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scopes_may_also_be_in_the_claim_scp_as_text_or_list()
    {
        using var text = api.Server.WithToken(Tokens.Good(api.Server.Key, token => Rescope(token, "scp", "other webhooks:read")));
        using var list = api.Server.WithToken(
            Tokens.Good(api.Server.Key, token => Rescope(token, "scp", new[] { "other", "webhooks:read" })));

        (await text.Get(Calls.Webhooks)).MustBe(HttpStatusCode.OK);
        (await list.Get(Calls.Webhooks)).MustBe(HttpStatusCode.OK);
        (await list.Post(Calls.Webhooks, "{}")).MustBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_scope_is_compared_whole()
    {
        using var client = api.Server.WithToken(
            Tokens.Good(api.Server.Key, token => Rescope(token, "scope", "webhooks:read:all Webhooks:Read xwebhooks:read")));

        (await client.Get(Calls.Webhooks)).MustBeProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task Each_operation_needs_its_scope_and_names_it()
    {
        foreach (var (method, path) in Operations.All)
        {
            if (Operations.ScopeOf(method, path) is not { } needed)
            {
                continue;
            }

            var others = Scopes.All.Except([needed, Scopes.Admin]).Where(
                scope => !(needed == Scopes.PublishEvents && scope == Scopes.PublishEventsForAny));
            using var client = api.Server.For(Guid.NewGuid(), [.. others]);
            // A session reads what it writes, and allows no more than its maker's token.
            using var allowed = api.Server.For(
                Guid.NewGuid(), path == Operations.PortalSessions ? [needed, Scopes.ReadWebhooks] : [needed]);

            var refused = await client.CallAsync(method, path, "{}");
            var passed = await allowed.CallAsync(method, path, "{}");

            refused.MustBeProblem(HttpStatusCode.Forbidden, "forbidden");
            Assert.Contains(needed, refused["detail"].GetString(), StringComparison.Ordinal);
            Assert.Equal($"Bearer error=\"insufficient_scope\", scope=\"{needed}\"", refused.Headers.WwwAuthenticate.ToString());
            Assert.DoesNotContain(passed.Status,
                (HttpStatusCode[])[HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.InternalServerError]);
        }
    }

    [Fact]
    public async Task No_token_is_ever_logged()
    {
        var good = Tokens.Good(api.Server.Key, _ => { });
        var expired = Tokens.Good(api.Server.Key, token => token.Expires = DateTime.UtcNow.AddMinutes(-1));
        foreach (var token in (string[])[good, expired, good + "x", "garbage-" + Guid.NewGuid()])
        {
            using var client = api.Server.WithToken(token);
            await client.Get(Calls.Webhooks);

            var secretPart = token.Split('.')[^1];
            Assert.DoesNotContain(api.Server.Logs.Lines, line => line.Text.Contains(secretPart, StringComparison.Ordinal));
        }
    }

    private async Task MustBeRefusedAsync(string reason, Action<SecurityTokenDescriptor> change) =>
        await MustBeRefusedAsync(Tokens.Good(api.Server.Key, change), reason);

    private async Task MustBeRefusedAsync(string token, string reason)
    {
        using var client = api.Server.WithToken(token);

        var refused = await client.Get(Calls.Webhooks);

        refused.MustBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.Contains(reason, refused["detail"].GetString(), StringComparison.Ordinal);
        Assert.StartsWith(
            "Bearer error=\"invalid_token\", error_description=\"", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    private static void Rescope(SecurityTokenDescriptor token, string claim, object scopes)
    {
        token.Claims.Remove("scope");
        token.Claims[claim] = scopes;
    }
}
