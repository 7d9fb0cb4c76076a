using System.Net;
using Webhooks.Core.Secrets;
using Webhooks.Core.Sending;

namespace Webhooks.Core.Tests.Sending;

/// <summary>What the sender's tests send, and the settings they send it with.</summary>
internal static class Requests
{
    /// <summary>A secret of its own for every test run.</summary>
    public static string Secret { get; } = WebhookSecret.Generate();

    /// <summary>Plain http and loopback allowed, as under <c>./run</c>.</summary>
    /// <param name="timeout">The attempt timeout in seconds; generous, for tests that are not about it.</param>
    /// <param name="responseBytes">How much of an answer is kept.</param>
    public static WebhooksOptions LocalOptions(double timeout = 60, int responseBytes = 16 * 1024) => new()
    {
        AttemptTimeout = TimeSpan.FromSeconds(timeout),
        RequireHttps = false,
        AllowedNetworks = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")],
        Limits = new WebhooksLimits { ResponseBytes = responseBytes },
    };

    public static SendRequest To(string url) => new(
        Guid.Empty,
        url,
        new WebhookSigner(Secret),
        """{"event": "user.created", "data": {"name": "Zoë"}}"""u8.ToArray(),
        EventId: Guid.CreateVersion7(),
        Event: "user.created",
        DeliveryId: Guid.CreateVersion7(),
        AttemptNumber: 1,
        Timestamp: DateTimeOffset.UtcNow);

    /// <summary>Sends one request with a sender of its own.</summary>
    public static async Task<SendOutcome> SendOnceAsync(string url, WebhooksOptions? options = null)
    {
        using var sender = new WebhookSender(options ?? LocalOptions());
        return await sender.SendAsync(To(url), TestContext.Current.CancellationToken);
    }
}
