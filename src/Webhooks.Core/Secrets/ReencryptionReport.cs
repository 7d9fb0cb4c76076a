namespace Webhooks.Core.Secrets;

/// <summary>The result of a re-encryption.</summary>
/// <param name="Reencrypted">Webhooks whose secret is now under the newest key.</param>
/// <param name="Unreadable">Webhooks whose secret could not be decrypted; it was left as it is.</param>
public sealed record ReencryptionReport(int Reencrypted, IReadOnlyList<Guid> Unreadable);
