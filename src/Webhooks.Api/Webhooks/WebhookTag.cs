using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Webhooks.Api.Json;

namespace Webhooks.Api.Webhooks;

/// <summary>
/// The entity tag of a webhook, as every server makes it: the time of its last change, and a hash of all that is shown. So a condition on
/// changes (<c>If-Match</c>) fails only when somebody has changed the webhook, and one on what is shown (<c>If-None-Match</c>) also notices
/// what changes by itself.
/// </summary>
internal static class WebhookTag
{
    private const int HashBytes = 8;

    /// <summary>The tag, in quotes.</summary>
    public static string Of(WebhookResource webhook)
    {
        var hash = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(webhook, ApiJson.Default.WebhookResource));
        return string.Create(
            CultureInfo.InvariantCulture, $"\"{webhook.UpdatedAt.Ticks:x}-{Convert.ToHexStringLower(hash, 0, HashBytes)}\"");
    }

    /// <summary>The time of the last change that a tag tells of. A tag that a proxy has made weak tells it, too.</summary>
    public static bool TryReadChange(EntityTagHeaderValue tag, [NotNullWhen(true)] out DateTimeOffset? updatedAt)
    {
        var text = tag.Tag.AsSpan().Trim('"');
        var end = text.IndexOf('-');
        updatedAt = end > 0 && long.TryParse(text[..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var ticks)
            && ticks >= 0 && ticks <= DateTimeOffset.MaxValue.Ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : null;
        return updatedAt is not null;
    }
}
