using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Webhooks.Core.Secrets;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Secrets;

public sealed class KeyVaultKeyRingTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 8, 3, 9, 0, 0, TimeSpan.Zero));
    private VaultServer _vault = null!;
    private KeyVaultKeyRing _ring = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _vault = await VaultServer.StartAsync();
        _ring = new KeyVaultKeyRing(_vault.Client(), VaultServer.SecretName, _clock, NullLogger<KeyVaultKeyRing>.Instance);
    }

    public ValueTask DisposeAsync()
    {
        _ring.Dispose();
        return _vault.DisposeAsync();
    }

    [Fact]
    public async Task The_version_made_last_encrypts_and_every_enabled_one_decrypts_over_all_pages_of_versions()
    {
        var versions = new[] { 30, 50, 10, 40, 20 }.Select(minutes => _vault.Add(createdMinutes: minutes)).ToList();

        var newest = await _ring.GetNewestAsync(Cancel);

        Assert.Equal(versions[1].Name, newest.Version);
        Assert.Equal(versions[1].Bytes, newest.Bytes.ToArray());
        foreach (var version in versions)
        {
            Assert.Equal(version.Bytes, (await _ring.GetAsync(version.Name, Cancel)).Bytes.ToArray());
        }

        Assert.Equal(3, _vault.Requests.Count(request => request.Path.EndsWith("/versions", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_vaults_challenge_is_answered_with_a_token_for_it()
    {
        _vault.Add();

        await _ring.GetNewestAsync(Cancel);

        Assert.Equal(1, _vault.Challenges);
        Assert.All(_vault.Credential.Asked, asked =>
        {
            Assert.Equal(["https://vault.azure.net/.default"], asked.Scopes);
            Assert.Equal("tenant-1", asked.TenantId);
        });
    }

    [Fact]
    public async Task Keys_are_read_once_and_served_from_memory_also_when_many_ask_at_once()
    {
        var version = _vault.Add();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _ring.GetNewestAsync(Cancel).AsTask()));
        await _ring.GetAsync(version.Name, Cancel);

        Assert.Equal(2, _vault.Requests.Count);
    }

    [Fact]
    public async Task A_version_that_is_added_encrypts_after_the_refresh_and_the_older_values_are_not_asked_for_again()
    {
        var old = _vault.Add();
        await _ring.GetNewestAsync(Cancel);
        var added = _vault.Add();
        Assert.Equal(old.Name, (await _ring.GetNewestAsync(Cancel)).Version);

        _clock.Advance(KeyVaultKeyRing.RefreshInterval);

        Assert.Equal(added.Name, (await _ring.GetNewestAsync(Cancel)).Version);
        Assert.Equal(old.Bytes, (await _ring.GetAsync(old.Name, Cancel)).Bytes.ToArray());
        Assert.Single(_vault.Requests, request => request.Path.EndsWith(old.Name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_version_that_is_disabled_neither_encrypts_nor_decrypts_after_the_refresh()
    {
        var old = _vault.Add();
        var newest = _vault.Add();
        await _ring.GetNewestAsync(Cancel);
        newest.IsEnabled = false;

        _clock.Advance(KeyVaultKeyRing.RefreshInterval);

        Assert.Equal(old.Name, (await _ring.GetNewestAsync(Cancel)).Version);
        await Assert.ThrowsAsync<SecretUnavailableException>(() => _ring.GetAsync(newest.Name, Cancel).AsTask());
    }

    [Fact]
    public async Task A_version_that_another_process_uses_already_is_found_without_waiting_for_the_refresh()
    {
        _vault.Add();
        await _ring.GetNewestAsync(Cancel);
        var added = _vault.Add();

        Assert.Equal(added.Bytes, (await _ring.GetAsync(added.Name, Cancel)).Bytes.ToArray());
    }

    [Fact]
    public async Task An_unknown_version_is_looked_for_once_and_then_refused_without_troubling_the_vault()
    {
        _vault.Add();
        await _ring.GetNewestAsync(Cancel);

        for (var call = 0; call < 5; call++)
        {
            var failure = await Assert.ThrowsAsync<SecretUnavailableException>(() => _ring.GetAsync("unknown", Cancel).AsTask());
            Assert.Contains("no enabled version 'unknown'", failure.Message);
        }

        Assert.Equal(2, _vault.Listings);
    }

    [Fact]
    public async Task While_the_vault_cannot_be_reached_the_keys_read_before_are_used_for_a_day_and_newer_ones_when_it_is_back()
    {
        var version = _vault.Add();
        await _ring.GetNewestAsync(Cancel);
        await _vault.StopAsync();

        _clock.Advance(KeyVaultKeyRing.MaxAge - TimeSpan.FromMinutes(1));
        Assert.Equal(version.Name, (await _ring.GetNewestAsync(Cancel)).Version);
        Assert.Equal(version.Bytes, (await _ring.GetAsync(version.Name, Cancel)).Bytes.ToArray());

        _clock.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<SecretUnavailableException>(() => _ring.GetNewestAsync(Cancel).AsTask());

        await _vault.StartAgainAsync();
        _clock.Advance(KeyVaultKeyRing.RetryInterval);
        Assert.Equal(version.Name, (await _ring.GetNewestAsync(Cancel)).Version);
    }

    [Fact]
    public async Task A_vault_that_fails_is_not_asked_again_at_every_use()
    {
        _vault.Add();
        await _ring.GetNewestAsync(Cancel);
        _vault.Fault = Answer(StatusCodes.Status503ServiceUnavailable);
        _clock.Advance(KeyVaultKeyRing.RefreshInterval);

        for (var call = 0; call < 20; call++)
        {
            await _ring.GetNewestAsync(Cancel);
        }

        // The first read, and one refresh with the client's own retry.
        Assert.Equal(3, _vault.Listings);
    }

    [Fact]
    public async Task A_vault_that_cannot_be_read_again_is_told_once_without_a_stack_trace_and_so_is_its_return()
    {
        using var logs = new LogRecorder();
        using var factory = new LoggerFactory([logs]);
        using var ring = new KeyVaultKeyRing(_vault.Client(), VaultServer.SecretName, _clock, factory.CreateLogger<KeyVaultKeyRing>());
        _vault.Add();
        await ring.GetNewestAsync(Cancel);
        _vault.Fault = Answer(StatusCodes.Status403Forbidden, """{"error":{"code":"Forbidden","message":"Caller is not authorized."}}""");
        for (var reads = 0; reads < 3; reads++)
        {
            _clock.Advance(KeyVaultKeyRing.RefreshInterval);
            await ring.GetNewestAsync(Cancel);
        }

        var told = Assert.Single(logs.Lines);
        Assert.Contains("403 Forbidden", told.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(nameof(SecretUnavailableException), told.Text, StringComparison.Ordinal);

        _vault.Fault = null;
        _clock.Advance(KeyVaultKeyRing.RefreshInterval);
        await ring.GetNewestAsync(Cancel);
        Assert.EndsWith("were read again from secret webhook-keys ", logs.Lines.Last().Text, StringComparison.Ordinal);
        Assert.Equal(2, logs.Lines.Count);
    }

    [Fact]
    public async Task Without_keys_an_unreachable_vault_is_reported_and_the_next_call_tries_again()
    {
        var version = _vault.Add();
        await _vault.StopAsync();

        var failure = await Assert.ThrowsAsync<SecretUnavailableException>(() => _ring.GetNewestAsync(Cancel).AsTask());
        Assert.Contains("cannot be reached", failure.Message);

        await _vault.StartAgainAsync();
        Assert.Equal(version.Name, (await _ring.GetNewestAsync(Cancel)).Version);
    }

    [Fact]
    public async Task A_vault_that_refuses_this_identity_is_reported_with_what_to_do()
    {
        _vault.Add();
        _vault.Fault = Answer(StatusCodes.Status403Forbidden, """{"error":{"code":"Forbidden","message":"Caller is not authorized."}}""");

        var failure = await Assert.ThrowsAsync<SecretUnavailableException>(() => _ring.GetNewestAsync(Cancel).AsTask());

        Assert.Contains("403 Forbidden", failure.Message);
        Assert.Contains("may get and list the vault's secrets", failure.Message);
    }

    [Fact]
    public async Task A_vault_that_is_too_busy_is_asked_again_after_the_time_it_names()
    {
        var version = _vault.Add();
        var answered = 0;
        _vault.Fault = context =>
        {
            if (Interlocked.Increment(ref answered) > 1)
            {
                return false;
            }

            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = 1.ToString(CultureInfo.InvariantCulture);
            return true;
        };

        Assert.Equal(version.Name, (await _ring.GetNewestAsync(Cancel)).Version);

        var requests = _vault.Requests;
        Assert.InRange(requests[1].At - requests[0].At, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_secret_that_was_deleted_or_has_no_enabled_version_is_reported(bool isDeleted)
    {
        _vault.Add().IsEnabled = false;
        _vault.IsDeleted = isDeleted;

        var failure = await Assert.ThrowsAsync<SecretUnavailableException>(() => _ring.GetNewestAsync(Cancel).AsTask());

        Assert.Contains($"no enabled version of secret '{VaultServer.SecretName}'", failure.Message);
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("c2hvcnQ=")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_version_that_is_no_key_is_named_and_its_value_is_not(string value)
    {
        var version = _vault.Add(value);

        var failure = await Assert.ThrowsAsync<SecretUnavailableException>(() => _ring.GetNewestAsync(Cancel).AsTask());

        Assert.Contains(version.Name, failure.Message);
        Assert.Contains("base64 of 32 bytes", failure.Message);
        Assert.DoesNotContain(value, failure.ToString());
    }

    [Fact]
    public async Task A_canceled_call_is_canceled_and_not_reported_as_the_vaults_failure()
    {
        _vault.Add();
        using var canceled = new CancellationTokenSource();
        await canceled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _ring.GetNewestAsync(canceled.Token).AsTask());
    }

    private static Func<HttpContext, bool> Answer(int status, string body = "{}") => context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.WriteAsync(body, context.RequestAborted).GetAwaiter().GetResult();
        return true;
    };
}
