using Webhooks.Core.Deliveries;

namespace Webhooks.Server.Tests.Engine;

/// <summary>Claims that exist only in memory.</summary>
internal static class LaneClaims
{
    /// <summary>A claim of a webhook.</summary>
    /// <param name="webhook">The webhook.</param>
    /// <param name="bytes">The size of the body.</param>
    public static ClaimedDelivery Of(Guid webhook, int bytes = 100) => new(
        Id: Guid.NewGuid(),
        LeaseToken: Guid.NewGuid(),
        WebhookId: webhook,
        OrgId: Guid.Empty,
        EventId: Guid.Empty,
        Event: "user.created",
        Body: new byte[bytes],
        AttemptsMade: 0,
        Test: false,
        Url: "http://receiver/",
        EncryptedSecret: "secret",
        WebhookActive: true,
        CreatedAt: DateTimeOffset.UnixEpoch,
        TraceParent: null);

    /// <summary>Several claims of a webhook.</summary>
    public static ClaimedDelivery[] Of(Guid webhook, int count, int bytes) =>
        [.. Enumerable.Range(0, count).Select(_ => Of(webhook, bytes))];
}
