using Microsoft.AspNetCore.Http;
using Webhooks.Api.Authentication;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Events;
using Webhooks.Core.PortalSessions;

namespace Webhooks.Api.Portal;

/// <summary>The session of the portal to make. Whether its maker may is not judged here.</summary>
/// <param name="Session">The session.</param>
internal sealed record CreatePortalSessionBody(NewPortalSession Session) : IRequestBody<CreatePortalSessionBody>
{
    private const string WebhookIdField = "webhook_id";

    public static RequestDescription Description => RequestDescription.CreatePortalSession;

    public static int MostBytes(WebhooksLimits limits) => limits.RequestBytes;

    public static CreatePortalSessionBody? Read(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors)
    {
        var fields = JsonFields.Of(utf8Json, errors);
        Guid? webhook = null;
        if (fields.TextOrNull(WebhookIdField) is { Length: > 0 } text)
        {
            webhook = UuidText.TryParse(text, out var id) ? id : null;
            if (webhook is null)
            {
                errors.Add(WebhookIdField, "It must be a webhook's id: a UUID, as in 0197a000-0000-7000-8000-000000000001.");
            }
        }

        var readOnly = fields.Boolean("read_only") ?? false;
        var seconds = fields.WholeNumber(
            "expires_in_seconds", (int)NewPortalSession.Shortest.TotalSeconds, (int)NewPortalSession.Longest.TotalSeconds);
        fields.RefuseOthers();
        var lifetime = seconds is { } given ? TimeSpan.FromSeconds(given) : NewPortalSession.Usual;
        return errors.Count > 0
            ? null
            : new CreatePortalSessionBody(
                new NewPortalSession(webhook, readOnly, lifetime, MadeBy: context.User.FindApiKeyId()));
    }
}
