using Azure;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Logging;

namespace Webhooks.Core.Secrets;

/// <summary>
/// A key ring in Azure Key Vault: the enabled versions of one secret, each the base64 of 32 bytes. The version that was made last encrypts;
/// every enabled one decrypts. To rotate, add a version; once <see cref="SecretReencryption"/> has run, the older ones may be disabled.
/// </summary>
/// <remarks>Keys are kept in memory. When the vault cannot be reached, those that were read last are used for up to a day.</remarks>
/// <param name="client">The vault.</param>
/// <param name="name">The secret's name.</param>
/// <param name="clock">Says when keys are read again.</param>
/// <param name="logger">Is told when the vault cannot be read.</param>
public sealed partial class KeyVaultKeyRing(
    SecretClient client,
    string name,
    TimeProvider clock,
    ILogger<KeyVaultKeyRing> logger) : IKeyRing, IDisposable
{
    private const int KeyLength = 32;
    private const int NotFound = 404;

    /// <summary>The time after which, at the latest, a new version encrypts and a disabled one stops decrypting.</summary>
    internal static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(5);

    /// <summary>The time for which the vault is left alone after it failed, or was asked for a version that it has not.</summary>
    internal static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(10);

    /// <summary>The age up to which keys are used that could not be read again.</summary>
    internal static readonly TimeSpan MaxAge = TimeSpan.FromHours(24);

    private readonly SemaphoreSlim _reading = new(1);
    private volatile VaultKeys? _keys;
    private DateTimeOffset _nextRead = DateTimeOffset.MinValue;
    private bool _fails;

    /// <inheritdoc/>
    public async ValueTask<EncryptionKey> GetNewestAsync(CancellationToken cancellationToken)
    {
        var keys = await GetKeysAsync(cancellationToken);
        return keys.Newest ?? throw new SecretUnavailableException(
            $"Key Vault {client.VaultUri} has no enabled version of secret '{name}'. Add one: the base64 of 32 random bytes.");
    }

    /// <inheritdoc/>
    public async ValueTask<EncryptionKey> GetAsync(string version, CancellationToken cancellationToken)
    {
        var keys = await GetKeysAsync(cancellationToken);
        if (!keys.ByVersion.ContainsKey(version))
        {
            // Another process may know a version that was added since.
            keys = await ReadAgainAsync(keys, cancellationToken);
        }

        return keys.ByVersion.GetValueOrDefault(version) ?? throw new SecretUnavailableException(
            $"Key Vault {client.VaultUri} has no enabled version '{version}' of secret '{name}'. "
            + "Enable or restore it, and re-encrypt before it is disabled again; or correct Webhooks__Secrets__KeyVault and __KeyName.");
    }

    public void Dispose() => _reading.Dispose();

    private async ValueTask<VaultKeys> GetKeysAsync(CancellationToken cancellationToken)
    {
        if (_keys is not { } keys)
        {
            return await ReadFirstAsync(cancellationToken);
        }

        return clock.GetUtcNow() - keys.ReadAt < RefreshInterval ? keys : await RefreshAsync(keys, cancellationToken);
    }

    /// <summary>Reads the first keys, for which everybody waits.</summary>
    private async Task<VaultKeys> ReadFirstAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            return _keys ??= await ReadAsync(known: null, cancellationToken);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Has one caller ask for newer keys, while the others use what there is.</summary>
    private async Task<VaultKeys> RefreshAsync(VaultKeys known, CancellationToken cancellationToken)
    {
        var current = await _reading.WaitAsync(TimeSpan.Zero, cancellationToken) ? await ReplaceAndReleaseAsync(cancellationToken) : known;
        var age = clock.GetUtcNow() - current.ReadAt;
        return age < MaxAge
            ? current
            : throw new SecretUnavailableException(
                $"Key Vault {client.VaultUri} could not be read for {age:d\\.hh\\:mm\\:ss}. "
                + "See the log for the reason; the keys read before are too old to be used.");
    }

    /// <summary>
    /// Reads the keys again, and waits for it, unless somebody did since <paramref name="known"/> or the vault was asked just now.
    /// </summary>
    private async Task<VaultKeys> ReadAgainAsync(VaultKeys known, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        if (_keys is { } newer && newer != known)
        {
            _reading.Release();
            return newer;
        }

        return await ReplaceAndReleaseAsync(cancellationToken);
    }

    private async Task<VaultKeys> ReplaceAndReleaseAsync(CancellationToken cancellationToken)
    {
        try
        {
            var known = _keys!;
            if (clock.GetUtcNow() < _nextRead)
            {
                return known;
            }

            _nextRead = clock.GetUtcNow() + RetryInterval;
            _keys = await ReadAsync(known, cancellationToken);
            if (_fails)
            {
                _fails = false;
                LogRefreshed(name);
            }

            return _keys;
        }
        catch (SecretUnavailableException unavailable)
        {
            if (!_fails)
            {
                _fails = true;
                LogNotRefreshed(name, unavailable.Message);
            }

            return _keys!;
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task<VaultKeys> ReadAsync(VaultKeys? known, CancellationToken cancellationToken)
    {
        try
        {
            var versions = await ListEnabledAsync(cancellationToken);
            var keys = new Dictionary<string, EncryptionKey>();
            foreach (var version in versions)
            {
                keys[version] = known?.ByVersion.GetValueOrDefault(version) ?? await ReadKeyAsync(version, cancellationToken);
            }

            return new VaultKeys(keys, versions.Count > 0 ? keys[versions[^1]] : null, clock.GetUtcNow());
        }
        catch (Exception failure) when (IsVaultFailure(failure) && !cancellationToken.IsCancellationRequested)
        {
            throw new SecretUnavailableException(
                $"Key Vault {client.VaultUri} does not give secret '{name}': {Explain(failure)} "
                + "Check Webhooks__Secrets__KeyVault and __KeyName, and that this identity may get and list the vault's secrets.",
                failure);
        }
    }

    /// <summary>The enabled versions, oldest first.</summary>
    private async Task<IReadOnlyList<string>> ListEnabledAsync(CancellationToken cancellationToken)
    {
        var enabled = new List<SecretProperties>();
        try
        {
            await foreach (var version in client.GetPropertiesOfSecretVersionsAsync(name, cancellationToken))
            {
                if (version.Enabled == true)
                {
                    enabled.Add(version);
                }
            }
        }
        catch (RequestFailedException missing) when (missing.Status == NotFound)
        {
            // Deleted, or never made: it has no version that is enabled.
        }

        return
        [
            .. enabled
                .OrderBy(version => version.CreatedOn)
                .ThenBy(version => version.Version, StringComparer.Ordinal)
                .Select(version => version.Version),
        ];
    }

    private async Task<EncryptionKey> ReadKeyAsync(string version, CancellationToken cancellationToken)
    {
        var secret = await client.GetSecretAsync(name, version, cancellationToken: cancellationToken);
        var bytes = new byte[KeyLength];
        return Convert.TryFromBase64String(secret.Value.Value, bytes, out var length) && length == KeyLength
            ? new EncryptionKey(version, bytes)
            : throw new SecretUnavailableException(
                $"Version '{version}' of secret '{name}' in Key Vault {client.VaultUri} is not the base64 of {KeyLength} bytes. "
                + "Disable that version and add one that is.");
    }

    /// <summary>
    /// Whether the client gave up: it throws several failures at once after its own retries, too, or a cancellation after its own timeout.
    /// </summary>
    private static bool IsVaultFailure(Exception failure) =>
        failure is RequestFailedException or AuthenticationFailedException or AggregateException or OperationCanceledException;

    private static string Explain(Exception failure) => failure switch
    {
        RequestFailedException { Status: not 0 } refused => $"it answered {refused.Status} {refused.ErrorCode}.",
        AuthenticationFailedException => "this process could not get a token for it.",
        OperationCanceledException => "it did not answer in time.",
        _ => "it cannot be reached.",
    };

    [LoggerMessage(
        1, LogLevel.Error, "webhook encryption keys could not be read again from secret {Name}; those read before are used. {Reason}")]
    private partial void LogNotRefreshed(string name, string reason);

    [LoggerMessage(2, LogLevel.Information, "webhook encryption keys were read again from secret {Name}")]
    private partial void LogRefreshed(string name);
}
