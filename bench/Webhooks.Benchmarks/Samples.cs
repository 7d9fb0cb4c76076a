using System.Text;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Secrets;
using Webhooks.Core.Sending;

namespace Webhooks.Benchmarks;

/// <summary>The samples that are signed, sent and recorded here: an event of a kibibyte.</summary>
internal static class Samples
{
    public const string Url = "https://receiver.example.com/webhooks/orders?source=platform";

    private const int BodyBytes = 1024;

    public static Guid WebhookId { get; } = Guid.Parse("01a20996-a184-7e74-ad7f-8308d9890ee7");

    public static DateTimeOffset Time { get; } = new(2026, 8, 1, 12, 0, 0, TimeSpan.Zero);

    public static string Secret { get; } = WebhookSecret.Generate();

    /// <summary>An event message as it is published.</summary>
    public static byte[] EventMessage { get; } = Fill(
        """{"org_id":"01a20996-9cab-704c-9458-6767cc057b2f","event":"user.created","id":"order-17","data":{"note":"{}"}}""");

    /// <summary>A payload as PostgreSQL prints it.</summary>
    public static byte[] Body { get; } =
        Fill(
            """{"data": {"note": "{}"}, "event": "user.created", "timestamp": "2026-08-01T12:00:00.000Z","""
            + """ "webhook_id": "01a20996-a184-7e74-ad7f-8308d9890ee7"}""");

    public static SendRequest Request { get; } = new(
        OrgId: Guid.Parse("0197a000-0000-7000-8000-000000000001"),
        Url,
        new WebhookSigner(Secret),
        Body,
        EventId: Guid.Parse("01a20996-9cab-704c-9458-6767cc057b2f"),
        Event: "user.created",
        DeliveryId: Guid.Parse("01a20996-a196-7dcb-a784-1a05fce59d7a"),
        AttemptNumber: 1,
        Timestamp: Time);

    private static SendOutcome NoAnswer { get; } = SendFailure.Outcome(SendError.Timeout, TimeSpan.FromSeconds(30));

    public static DeliveryResult Succeeded { get; } = Result(
        new SendOutcome.Answered(200, """{"received": true}"""), new NextStep.Succeeded());

    public static DeliveryResult Failed { get; } = Result(NoAnswer, new NextStep.RetryAt(Time));

    private static DeliveryResult Result(SendOutcome outcome, NextStep next)
    {
        var delivery = new ClaimedDelivery(
            Id: Request.DeliveryId,
            LeaseToken: Guid.NewGuid(),
            WebhookId,
            OrgId: Guid.NewGuid(),
            Request.EventId,
            Request.Event,
            Body,
            AttemptsMade: 0,
            Test: false,
            Url,
            EncryptedSecret: "v1:…",
            WebhookActive: true,
            CreatedAt: Time,
            TraceParent: null);
        return new DeliveryResult(delivery, new Attempt(1, Time, TimeSpan.FromMilliseconds(12), outcome), next);
    }

    private static byte[] Fill(string template) =>
        Encoding.UTF8.GetBytes(template.Replace("{}", new string('x', BodyBytes - template.Length + 2), StringComparison.Ordinal));
}
