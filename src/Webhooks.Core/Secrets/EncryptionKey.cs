namespace Webhooks.Core.Secrets;

/// <summary>An AES-256 key and the name that ciphertexts know it by.</summary>
/// <param name="Version">Letters, digits and hyphens.</param>
/// <param name="Bytes">32 bytes.</param>
public sealed record EncryptionKey(string Version, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Names the version only, so that a key that is logged by mistake shows nothing.</summary>
    public override string ToString() => $"EncryptionKey {Version}";
}
