using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Authentication;

/// <summary>The API behind an OIDC authority, whose answers come from memory.</summary>
public sealed class AuthorityTests(SharedApi api)
{
    private const string Authority = "https://login.example.com/tenant";

    private static readonly Dictionary<string, string?> _settings = new()
    {
        ["Webhooks:Auth:Authority"] = Authority,
        ["Webhooks:Auth:Audience"] = "webhooks-api",
    };

    [Fact]
    public async Task Tokens_are_verified_with_the_keys_of_the_authority()
    {
        using var rsa = RSA.Create(2048);
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rsaKey = new RsaSecurityKey(rsa) { KeyId = "rsa" };
        var ecdsaKey = new ECDsaSecurityKey(ecdsa) { KeyId = "ecdsa" };
        await using var server = await StartAsync(new FakeAuthority(Authority, rsaKey, ecdsaKey));

        Assert.Equal(HttpStatusCode.OK, await CallAsync(server, new SigningCredentials(rsaKey, SecurityAlgorithms.RsaSha256)));
        Assert.Equal(HttpStatusCode.OK, await CallAsync(server, new SigningCredentials(rsaKey, SecurityAlgorithms.RsaSsaPssSha256)));
        Assert.Equal(HttpStatusCode.OK, await CallAsync(server, new SigningCredentials(ecdsaKey, SecurityAlgorithms.EcdsaSha256)));
    }

    [Fact]
    public async Task A_public_key_is_never_taken_for_a_shared_one()
    {
        using var rsa = RSA.Create(2048);
        await using var server = await StartAsync(new FakeAuthority(Authority, new RsaSecurityKey(rsa) { KeyId = "rsa" }));
        var stolen = new SymmetricSecurityKey(rsa.ExportSubjectPublicKeyInfo()) { KeyId = "rsa" };

        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(server, new SigningCredentials(stolen, SecurityAlgorithms.HmacSha256)));
    }

    [Fact]
    public async Task A_foreign_key_and_the_development_key_are_refused()
    {
        using var rsa = RSA.Create(2048);
        using var foreign = RSA.Create(2048);
        await using var server = await StartAsync(new FakeAuthority(Authority, new RsaSecurityKey(rsa) { KeyId = "rsa" }));

        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(
            server, new SigningCredentials(new RsaSecurityKey(foreign) { KeyId = "rsa" }, SecurityAlgorithms.RsaSha256)));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(
            server, new SigningCredentials(server.Key.SecurityKey, SecurityAlgorithms.HmacSha256)));
    }

    [Fact]
    public async Task An_authority_that_does_not_answer_is_not_the_callers_fault()
    {
        using var rsa = RSA.Create(2048);
        var authority = new FakeAuthority(Authority, new RsaSecurityKey(rsa) { KeyId = "rsa" }) { Down = true };
        await using var server = await StartAsync(authority);
        using var client = server.WithToken(
            Token(new SigningCredentials(new RsaSecurityKey(rsa) { KeyId = "rsa" }, SecurityAlgorithms.RsaSha256)));

        var refused = await client.Get(Calls.Webhooks);

        refused.MustBeProblem(HttpStatusCode.ServiceUnavailable, "authority-unavailable");
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Contains(server.Logs.Lines, line => line.Text.Contains("webhook API", StringComparison.Ordinal));
    }

    private Task<ApiServer> StartAsync(FakeAuthority authority) => ApiServer.StartAsync(
        api.Database.ConnectionString,
        adjust: services => services.Configure<JwtBearerOptions>(
            JwtBearerDefaults.AuthenticationScheme, options => options.BackchannelHttpHandler = authority),
        settings: _settings);

    private static async Task<HttpStatusCode> CallAsync(ApiServer server, SigningCredentials credentials)
    {
        using var client = server.WithToken(Token(credentials));
        return (await client.Get(Calls.Webhooks)).Status;
    }

    private static string Token(SigningCredentials credentials) => Tokens.Write(new SecurityTokenDescriptor
    {
        Issuer = Authority,
        Audience = "webhooks-api",
        Expires = DateTime.UtcNow.AddMinutes(5),
        Claims = new Dictionary<string, object> { ["org_id"] = Guid.NewGuid().ToString(), ["scope"] = "webhooks:read" },
        SigningCredentials = credentials,
    });
}
