using Microsoft.AspNetCore.Http;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Events;

namespace Webhooks.Api.Cancellation;

/// <summary>Which pending deliveries to cancel.</summary>
/// <param name="CreatedBefore">Those that were created before this time, UTC.</param>
internal sealed record CancelDeliveriesBody(DateTimeOffset CreatedBefore) : IRequestBody<CancelDeliveriesBody>
{
    private const string CreatedBeforeField = "created_before";

    public static RequestDescription Description => RequestDescription.CancelDeliveries;

    public static int MostBytes(WebhooksLimits limits) => limits.RequestBytes;

    public static CancelDeliveriesBody? Read(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors)
    {
        var fields = JsonFields.Of(utf8Json, errors);
        fields.Require(CreatedBeforeField);
        var createdBefore = fields.Time(CreatedBeforeField);
        fields.RefuseOthers();
        return createdBefore is { } time && errors.Count == 0 ? new CancelDeliveriesBody(time) : null;
    }
}
