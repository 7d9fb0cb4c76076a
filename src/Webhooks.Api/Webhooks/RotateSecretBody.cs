using Microsoft.AspNetCore.Http;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Events;
using Webhooks.Core.Webhooks;

namespace Webhooks.Api.Webhooks;

/// <summary>How to rotate a secret.</summary>
/// <param name="Overlap">How long the old secret still signs.</param>
/// <param name="Force">Whether an overlap that runs may be ended by it.</param>
internal sealed record RotateSecretBody(TimeSpan Overlap, bool Force) : IRequestBody<RotateSecretBody>
{
    /// <summary>Seconds of the longest overlap.</summary>
    public const int MostOverlapSeconds = 7 * 24 * 60 * 60;

    /// <summary>Seconds of the overlap when none is given: a day.</summary>
    public const int DefaultOverlapSeconds = 24 * 60 * 60;

    private const string OverlapSecondsField = "overlap_seconds";
    private const string ForceField = "force";

    public static RequestDescription Description => RequestDescription.RotateSecret;

    public static int MostBytes(WebhooksLimits limits) => limits.RequestBytes;

    public static RotateSecretBody? Read(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors)
    {
        var fields = JsonFields.Of(utf8Json, errors);
        var overlap = fields.WholeNumber(OverlapSecondsField, least: 0, MostOverlapSeconds) ?? DefaultOverlapSeconds;
        var force = fields.Boolean(ForceField) ?? false;
        fields.RefuseOthers();
        return errors.Count > 0 ? null : new RotateSecretBody(TimeSpan.FromSeconds(overlap), force);
    }

    /// <summary>The rotation to make.</summary>
    public NewRotation ToRotation(IdempotencyKey key) => new(Overlap, Force, key.Value);
}
