using Webhooks.Core.Secrets;

namespace Webhooks.Core.Tests.Secrets;

/// <summary>A key ring that holds what a test gives it, the newest last.</summary>
internal sealed class KeysInMemory(params EncryptionKey[] keys) : IKeyRing
{
    public ValueTask<EncryptionKey> GetNewestAsync(CancellationToken cancellationToken) => ValueTask.FromResult(keys[^1]);

    public ValueTask<EncryptionKey> GetAsync(string version, CancellationToken cancellationToken) =>
        ValueTask.FromResult(keys.FirstOrDefault(key => key.Version == version)
            ?? throw new SecretUnavailableException($"There is no key '{version}'."));
}
