using Microsoft.Extensions.Configuration;

namespace Webhooks.Core;

/// <summary>The bounds on what callers may store and publish (<c>Webhooks__Limits__Name</c>).</summary>
public sealed class WebhooksLimits
{
    /// <summary>Characters in a webhook's URL.</summary>
    public int UrlLength { get; init; } = 2048;

    /// <summary>Event types that one webhook may list.</summary>
    public int EventsPerWebhook { get; init; } = 100;

    /// <summary>Characters in a webhook's description.</summary>
    public int DescriptionLength { get; init; } = 1000;

    /// <summary>Webhooks of one organization.</summary>
    public int WebhooksPerOrganization { get; init; } = 1000;

    /// <summary>API keys of one organization, also those that have expired.</summary>
    public int ApiKeysPerOrganization { get; init; } = 100;

    /// <summary>Bytes of one event message, and of one event of a published array.</summary>
    public int EventBytes { get; init; } = 256 * 1024;

    /// <summary>Events in one published array.</summary>
    public int EventsPerRequest { get; init; } = 1000;

    /// <summary>Bytes of the body of a publish request.</summary>
    public int PublishBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes of the body of any other request.</summary>
    public int RequestBytes { get; init; } = 64 * 1024;

    /// <summary>How far ahead an event's <c>deliver_at</c> may be.</summary>
    public static TimeSpan LongestDelay { get; } = TimeSpan.FromDays(7);

    /// <summary>Characters in an event's ordering key.</summary>
    public const int OrderingKeyLength = 128;

    /// <summary>Characters in an event's idempotency key.</summary>
    public int EventKeyLength { get; init; } = 255;

    /// <summary>Bytes of a receiver's answer that are kept.</summary>
    public int ResponseBytes { get; init; } = 16 * 1024;

    internal static WebhooksLimits From(IConfigurationSection section)
    {
        var defaults = new WebhooksLimits();
        return new WebhooksLimits
        {
            UrlLength = Read(nameof(UrlLength), defaults.UrlLength, most: 8192),
            EventsPerWebhook = Read(nameof(EventsPerWebhook), defaults.EventsPerWebhook, most: 1000),
            DescriptionLength = Read(nameof(DescriptionLength), defaults.DescriptionLength, most: 100_000),
            WebhooksPerOrganization = Read(nameof(WebhooksPerOrganization), defaults.WebhooksPerOrganization, most: 1_000_000),
            ApiKeysPerOrganization = Read(nameof(ApiKeysPerOrganization), defaults.ApiKeysPerOrganization, most: 10_000),
            EventBytes = Read(nameof(EventBytes), defaults.EventBytes, most: 16 * 1024 * 1024),
            EventsPerRequest = Read(nameof(EventsPerRequest), defaults.EventsPerRequest, most: 10_000),
            PublishBytes = Read(nameof(PublishBytes), defaults.PublishBytes, most: 64 * 1024 * 1024),
            RequestBytes = Read(nameof(RequestBytes), defaults.RequestBytes, most: 16 * 1024 * 1024),
            EventKeyLength = Read(nameof(EventKeyLength), defaults.EventKeyLength, most: 1000),
            ResponseBytes = Read(nameof(ResponseBytes), defaults.ResponseBytes, most: 1024 * 1024),
        };

        int Read(string name, int byDefault, int most) =>
            WebhooksOptions.Read(section, name, WebhooksOptions.WholeNumber(1, most), byDefault);
    }
}
