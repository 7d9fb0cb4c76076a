namespace Webhooks.Core.Secrets;

/// <summary>The keys that encrypt webhooks' secrets at rest. The newest encrypts; any of them can decrypt.</summary>
public interface IKeyRing
{
    /// <summary>The key to encrypt with.</summary>
    /// <exception cref="SecretUnavailableException">The ring cannot be reached, or has no key.</exception>
    ValueTask<EncryptionKey> GetNewestAsync(CancellationToken cancellationToken);

    /// <summary>The key of a version.</summary>
    /// <exception cref="SecretUnavailableException">The ring cannot be reached, or has no such key.</exception>
    ValueTask<EncryptionKey> GetAsync(string version, CancellationToken cancellationToken);
}
