namespace Webhooks.Core.Secrets;

/// <summary>The result of a re-encryption.</summary>
/// <param name="Reencrypted">Secrets that are now under the newest key; a webhook whose secret was just rotated has two.</param>
/// <param name="Unreadable">Webhooks with a secret that could not be decrypted; it was left as it is.</param>
public sealed record ReencryptionReport(int Reencrypted, IReadOnlyList<Guid> Unreadable);
