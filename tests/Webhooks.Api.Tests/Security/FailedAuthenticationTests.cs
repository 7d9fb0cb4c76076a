using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Webhooks.Api.Authentication;
using Webhooks.Api.Security;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Core.ApiKeys;
using Webhooks.Core.Credentials;
using Webhooks.Core.Telemetry;
using Webhooks.Testing;

namespace Webhooks.Api.Tests.Security;

/// <summary>Tokens and keys that are guessed, and those of others at the same address that are good.</summary>
public sealed class FailedAuthenticationTests(SharedApi api) : IAsyncLifetime
{
    private const string Keys = "/api/v1/api-keys";

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly string _address = $"203.0.113.{RandomNumberGenerator.GetInt32(256)}";

    private ApiServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ApiServer.StartAsync(
        api.Database.ConnectionString, adjust: services => services.AddSingleton<TimeProvider>(_clock));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(CredentialKind.Token)]
    [InlineData(CredentialKind.ApiKey)]
    [InlineData(CredentialKind.PortalSession)]
    public async Task After_fifty_failures_within_a_minute_an_address_is_told_to_wait(CredentialKind kind)
    {
        await FailAsync(_address, FailedAuthentications.Most, kind);
        _clock.Advance(TimeSpan.FromSeconds(20));

        var refused = await CallAsync(_address, Guess(kind));

        refused.MustBeProblem(HttpStatusCode.TooManyRequests, "too-many-failed-authentications");
        Assert.Equal(TimeSpan.FromSeconds(40), refused.Headers.RetryAfter!.Delta);
        (await CallAsync("192.0.2.1", Guess(kind))).MustBe(HttpStatusCode.Unauthorized);
        _clock.Advance(TimeSpan.FromSeconds(40));
        (await CallAsync(_address, Guess(kind))).MustBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(CredentialKind.Token, "token")]
    [InlineData(CredentialKind.ApiKey, "key")]
    [InlineData(CredentialKind.PortalSession, "session")]
    public async Task What_is_refused_is_measured_as_what_it_is(CredentialKind kind, string tag)
    {
        using var recorder = new MeasurementRecorder(_server.Services.GetRequiredService<WebhooksMetrics>());

        (await CallAsync(_address, Guess(kind))).MustBe(HttpStatusCode.Unauthorized);

        Assert.Equal([new Measured(1, $"credential={tag},limited=false")], recorder.Of("webhooks.authentication.failures"));
    }

    [Fact]
    public async Task An_ipv6_network_counts_as_one_address()
    {
        for (var host = 1; host <= FailedAuthentications.Most; host++)
        {
            (await CallAsync($"2001:db8:0:7::{host:x}", "garbage")).MustBe(HttpStatusCode.Unauthorized);
        }

        (await CallAsync("2001:db8:0:7:ffff::1", "garbage")).MustBe(HttpStatusCode.TooManyRequests);
        (await CallAsync("2001:db8:0:8::1", "garbage")).MustBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task What_is_good_is_accepted_from_an_address_at_which_others_guess()
    {
        var organization = Guid.NewGuid();
        var (used, unused) = (await MakeKeyAsync(organization), await MakeKeyAsync(organization));
        (await CallAsync("192.0.2.1", used)).MustBe(HttpStatusCode.OK);
        await FailAsync(_address, 2 * FailedAuthentications.Most, CredentialKind.ApiKey);
        var token = _server.Key.CreateToken(organization, [Scopes.ReadWebhooks], TimeSpan.FromMinutes(5));

        (await CallAsync(_address, token)).MustBe(HttpStatusCode.OK);
        (await CallAsync(_address, used)).MustBe(HttpStatusCode.OK);
        _clock.Advance(KnownKeys.Validity);
        (await CallAsync(_address, used)).MustBe(HttpStatusCode.OK);

        // One that was not used of late has its turn each second.
        (await CallAsync(_address, Guess(CredentialKind.ApiKey))).MustBe(HttpStatusCode.TooManyRequests);
        var early = await CallAsync(_address, unused);
        early.MustBeProblem(HttpStatusCode.TooManyRequests, "too-many-failed-authentications");
        _clock.Advance(FailedAuthentications.LookupInterval);
        (await CallAsync(_address, unused)).MustBe(HttpStatusCode.OK);
        (await CallAsync(_address, unused)).MustBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Keys_that_are_guessed_are_not_looked_up_in_the_database()
    {
        await using var server = await ApiServer.StartAsync(
            "Host=127.0.0.1;Port=1;Username=nobody", adjust: services => services.AddSingleton<TimeProvider>(_clock));
        for (var failure = 0; failure < FailedAuthentications.Most; failure++)
        {
            (await CallAsync(_address, "whk_garbage", server)).MustBe(HttpStatusCode.Unauthorized);
        }

        (await CallAsync(_address, Guess(CredentialKind.ApiKey), server)).MustBe(HttpStatusCode.ServiceUnavailable);
        for (var guess = 0; guess < 5; guess++)
        {
            (await CallAsync(_address, Guess(CredentialKind.ApiKey), server)).MustBe(HttpStatusCode.TooManyRequests);
        }

        _clock.Advance(FailedAuthentications.LookupInterval);
        (await CallAsync(_address, Guess(CredentialKind.ApiKey), server)).MustBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task The_log_has_one_line_for_an_address_and_minute_and_never_what_was_sent()
    {
        var guesses = new List<string>();
        for (var minute = 1; minute <= 2; minute++)
        {
            for (var guess = 0; guess < 3 * FailedAuthentications.Most; guess++)
            {
                guesses.Add(Guess((CredentialKind)(guess % 3)));
                await CallAsync(_address, guesses[^1]);
            }

            Assert.Equal(minute, _server.Logs.Lines.Count(line => line.Text.Contains(_address, StringComparison.Ordinal)));
            _clock.Advance(FailedAuthentications.Window);
        }

        Assert.DoesNotContain(
            _server.Logs.Lines, line => guesses.Exists(guess => line.Text.Contains(guess[^20..], StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Who_has_no_token_or_not_the_scope_is_not_counted()
    {
        using var anonymous = _server.At(_address);
        var token = _server.Key.CreateToken(Guid.NewGuid(), [Scopes.ReadWebhooks], TimeSpan.FromMinutes(5));
        for (var call = 0; call < 2 * FailedAuthentications.Most; call++)
        {
            (await anonymous.Get(Calls.Webhooks)).MustBe(HttpStatusCode.Unauthorized);
            using var client = Client(_address, token, _server);
            (await client.Post(Calls.Webhooks, "{}")).MustBe(HttpStatusCode.Forbidden);
        }

        (await CallAsync(_address, "garbage")).MustBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task What_a_caller_writes_into_the_header_of_proxies_does_not_make_it_another_address()
    {
        for (var failure = 0; failure < FailedAuthentications.Most; failure++)
        {
            (await CallAsync($"192.0.2.{failure}, {_address}", "garbage")).MustBe(HttpStatusCode.Unauthorized);
        }

        (await CallAsync($"192.0.2.99, {_address}:4711", "garbage")).MustBe(HttpStatusCode.TooManyRequests);
    }

    private static string Guess(CredentialKind kind) => kind switch
    {
        CredentialKind.ApiKey => CredentialText.ApiKey.Generate(Guid.CreateVersion7()),
        CredentialKind.PortalSession => CredentialText.PortalSession.Generate(Guid.CreateVersion7()),
        _ => $"e30.e30.{Convert.ToHexString(RandomNumberGenerator.GetBytes(20))}",
    };

    private static HttpClient Client(string address, string token, ApiServer server)
    {
        var client = server.At(address);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private async Task<Answer> CallAsync(string address, string token, ApiServer? server = null)
    {
        using var client = Client(address, token, server ?? _server);
        return await client.Get(Calls.Webhooks);
    }

    private async Task FailAsync(string address, int times, CredentialKind kind)
    {
        for (var failure = 1; failure <= times; failure++)
        {
            var refused = await CallAsync(address, Guess(kind));
            refused.MustBe(failure <= FailedAuthentications.Most ? HttpStatusCode.Unauthorized : HttpStatusCode.TooManyRequests);
        }
    }

    private async Task<string> MakeKeyAsync(Guid organization)
    {
        using var owner = _server.For(organization);
        var made = await owner.Post(Keys, """{"name":"Test","scopes":["webhooks:read"]}""");
        return made.MustBe(HttpStatusCode.Created)["key"].GetString()!;
    }
}
