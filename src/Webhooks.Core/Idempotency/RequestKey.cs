namespace Webhooks.Core.Idempotency;

/// <summary>A caller's name for a request that makes something, under which a repeat of the request is known.</summary>
/// <param name="Name">The name: the header <c>Idempotency-Key</c>. An organization's names are its own.</param>
/// <param name="Fingerprint">What tells the request from another under the same name.</param>
public sealed record RequestKey(string Name, byte[] Fingerprint)
{
    /// <summary>How long a request is known by its key.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
}
