using System.Security.Cryptography;

namespace Webhooks.Core.Sending;

/// <summary>
/// HMAC-SHA256 with one key. It keeps a hash that has the key already: to set one up takes longer than to hash a kibibyte.
/// </summary>
internal sealed class KeyedHash(byte[] key)
{
    // Null while a thread uses it; another one then makes its own.
    private IncrementalHash? _idle;

    /// <summary>The hash of a prefix and what follows it.</summary>
    /// <param name="prefix">The beginning.</param>
    /// <param name="content">The rest.</param>
    /// <param name="hash">Takes the 32 bytes of the hash.</param>
    public void Compute(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> content, Span<byte> hash)
    {
        var keyed = Interlocked.Exchange(ref _idle, null) ?? IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        keyed.AppendData(prefix);
        keyed.AppendData(content);
        keyed.GetHashAndReset(hash);
        Interlocked.Exchange(ref _idle, keyed)?.Dispose();
    }
}
