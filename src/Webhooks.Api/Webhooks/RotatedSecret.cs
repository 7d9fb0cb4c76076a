using Webhooks.Core.Webhooks;

namespace Webhooks.Api.Webhooks;

/// <summary>A webhook's new secret.</summary>
/// <param name="Secret">What deliveries are signed with from now on. Only a repeat of the request shows it again: keep it.</param>
/// <param name="PreviousSecretExpiresAt">Until when the old secret signs, too, UTC; null when it does not.</param>
internal sealed record RotatedSecret(string Secret, DateTime? PreviousSecretExpiresAt)
{
    public static RotatedSecret From(SecretRotation.Rotated rotated) =>
        new(rotated.Secret, rotated.PreviousExpiresAt?.UtcDateTime);
}
