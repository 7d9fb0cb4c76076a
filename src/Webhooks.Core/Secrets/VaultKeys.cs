namespace Webhooks.Core.Secrets;

/// <summary>The keys of a vault as they were at a time.</summary>
/// <param name="ByVersion">Every key whose version is enabled.</param>
/// <param name="Newest">The one that was made last; null when no version is enabled.</param>
/// <param name="ReadAt">When they were read, UTC.</param>
internal sealed record VaultKeys(IReadOnlyDictionary<string, EncryptionKey> ByVersion, EncryptionKey? Newest, DateTimeOffset ReadAt);
