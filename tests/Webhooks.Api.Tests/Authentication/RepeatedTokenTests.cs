using System.Net;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Webhooks.Api.Authentication;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Authentication;

/// <summary>Tokens that come with many requests are not judged each time.</summary>
public sealed class RepeatedTokenTests(SharedApi api) : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly CountingHandler _handler = new();

    private ApiServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ApiServer.StartAsync(
        api.Database.ConnectionString,
        adjust: services => services
            .AddSingleton<TimeProvider>(_clock)
            .Configure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, options =>
            {
                options.TokenHandlers.Clear();
                options.TokenHandlers.Add(_handler);
            }));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_token_is_judged_once_a_minute_however_often_it_comes()
    {
        using var client = _server.WithToken(Tokens.Good(_server.Key, _ => { }));

        await CallAsync(client, HttpStatusCode.OK);
        await CallAsync(client, HttpStatusCode.OK);
        await CallAsync(client, HttpStatusCode.OK);
        Assert.Equal(1, _handler.Judged);

        _clock.Advance(AcceptedTokens.Validity);
        await CallAsync(client, HttpStatusCode.OK);
        await CallAsync(client, HttpStatusCode.OK);
        Assert.Equal(2, _handler.Judged);
    }

    [Fact]
    public async Task A_token_that_was_accepted_is_refused_when_it_has_expired()
    {
        var expiry = DateTime.UtcNow.AddSeconds(20);
        using var client = _server.WithToken(Tokens.Good(_server.Key, token => token.Expires = expiry));
        await CallAsync(client, HttpStatusCode.OK);

        _handler.Now = expiry.AddMinutes(1);
        await CallAsync(client, HttpStatusCode.OK);
        _clock.SetUtcNow(expiry);
        await CallAsync(client, HttpStatusCode.Unauthorized);
        Assert.Equal(2, _handler.Judged);
    }

    [Fact]
    public async Task A_forged_token_is_refused_although_the_genuine_one_was_accepted()
    {
        var genuine = Tokens.Good(_server.Key, _ => { });
        using var client = _server.WithToken(genuine);
        await CallAsync(client, HttpStatusCode.OK);

        var parts = genuine.Split('.');
        var others = Base64UrlEncoder.Encode(
            Base64UrlEncoder.Decode(parts[1]).Replace("\"org_id\":\"", "\"org_id\":\"0", StringComparison.Ordinal));
        foreach (var forged in (string[])[$"{parts[0]}.{parts[1]}.{Flip(parts[2])}", $"{parts[0]}.{others}.{parts[2]}",
            $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[1]}"])
        {
            using var forger = _server.WithToken(forged);
            await CallAsync(forger, HttpStatusCode.Unauthorized);
            await CallAsync(forger, HttpStatusCode.Unauthorized);
        }

        await CallAsync(client, HttpStatusCode.OK);
    }

    [Fact]
    public async Task Each_token_has_its_own_organization_and_scopes()
    {
        using var one = _server.ForNewOrganization();
        using var other = _server.ForNewOrganization();
        using var reader = _server.For(Guid.NewGuid(), Scopes.ReadWebhooks);
        for (var round = 0; round < 2; round++)
        {
            var id = await one.CreateWebhookAsync();
            (await one.Get($"{Calls.Webhooks}/{id}")).MustBe(HttpStatusCode.OK);
            (await other.Get($"{Calls.Webhooks}/{id}")).MustBe(HttpStatusCode.NotFound);
            (await reader.Post(Calls.Webhooks, "{}")).MustBe(HttpStatusCode.Forbidden);
        }
    }

    private static async Task CallAsync(HttpClient client, HttpStatusCode expected) => (await client.Get(Calls.Webhooks)).MustBe(expected);

    private static string Flip(string signature) => (signature[0] == 'A' ? 'B' : 'A') + signature[1..];

    /// <summary>A judge of tokens that counts those it judges, at a time that a test may set.</summary>
    private sealed class CountingHandler : JsonWebTokenHandler
    {
        private int _judged;

        public int Judged => _judged;

        public DateTime? Now { get; set; }

        public override Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
        {
            Interlocked.Increment(ref _judged);
            if (Now is { } now)
            {
                validationParameters.LifetimeValidator = (_, expires, _, parameters) => expires + parameters.ClockSkew > now;
            }

            return base.ValidateTokenAsync(token, validationParameters);
        }
    }
}
