using System.Security.Cryptography;
using Webhooks.Core.Secrets;

namespace Webhooks.Testing;

/// <summary>One key, which can be taken away, as a key vault can be out of reach.</summary>
public sealed class SwitchableKeyRing : IKeyRing
{
    private readonly EncryptionKey _key = new("test", RandomNumberGenerator.GetBytes(32));
    private int _refusals;

    public bool Available { get; set; } = true;

    /// <summary>How often the key was asked for while it was away.</summary>
    public int Refusals => Volatile.Read(ref _refusals);

    public ValueTask<EncryptionKey> GetNewestAsync(CancellationToken cancellationToken) => GetAsync(_key.Version, cancellationToken);

    public ValueTask<EncryptionKey> GetAsync(string version, CancellationToken cancellationToken) =>
        Available ? ValueTask.FromResult(_key) : throw Refusal();

    private SecretUnavailableException Refusal()
    {
        Interlocked.Increment(ref _refusals);
        return new SecretUnavailableException("The key was taken away.");
    }
}
