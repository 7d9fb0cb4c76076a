using Microsoft.AspNetCore.Http;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Events;
using Webhooks.Core.Pull;

namespace Webhooks.Api.Pull;

/// <summary>How much to pull.</summary>
/// <param name="Limit">The most deliveries.</param>
/// <param name="Wait">How long to wait for the first.</param>
internal sealed record PullBody(int Limit, TimeSpan Wait) : IRequestBody<PullBody>
{
    /// <summary>Deliveries when no number is given.</summary>
    public const int DefaultLimit = 20;

    private const string LimitField = "limit";
    private const string WaitSecondsField = "wait_seconds";

    public static RequestDescription Description => RequestDescription.PullDeliveries;

    public static int MostBytes(WebhooksLimits limits) => limits.RequestBytes;

    public static PullBody? Read(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors)
    {
        var fields = JsonFields.Of(utf8Json, errors);
        var limit = fields.WholeNumber(LimitField, least: 1, PullLease.Most) ?? DefaultLimit;
        var wait = fields.WholeNumber(WaitSecondsField, least: 0, (int)PullLease.LongestWait.TotalSeconds) ?? 0;
        fields.RefuseOthers();
        return errors.Count > 0 ? null : new PullBody(limit, TimeSpan.FromSeconds(wait));
    }
}
