namespace Webhooks.Core.Secrets;

/// <summary>What a re-encryption did.</summary>
/// <param name="Reencrypted">Webhooks whose secret is now under the newest key.</param>
/// <param name="Unreadable">Webhooks whose secret could not be decrypted; it was left as it is.</param>
public sealed record ReencryptionReport(int Reencrypted, IReadOnlyList<Guid> Unreadable);
