using System.Security.Claims;
using Webhooks.Api.Security;
using Webhooks.Core.Credentials;
using Webhooks.Core.PortalSessions;

namespace Webhooks.Api.Authentication;

/// <summary>The judge of bearer tokens that are sessions of the portal.</summary>
internal sealed class PortalSessionAuthentication(KnownSessions sessions, FailedAuthentications failures, TimeProvider clock)
    : CredentialAuthentication<KnownSession>(sessions, failures, clock)
{
    public override CredentialKind Kind => CredentialKind.PortalSession;

    protected override CredentialText Text => CredentialText.PortalSession;

    protected override string Name => "The portal session";

    protected override IEnumerable<Claim> ClaimsOf(KnownSession credential)
    {
        yield return new(TokenClaims.OrgId, credential.OrgId.ToString());
        yield return new(TokenClaims.Scope, string.Join(' ', Scopes.OfPortalSession(credential.ReadOnly)));
        yield return new(TokenClaims.PortalSession, credential.Id.ToString());
        if (credential.WebhookId is { } webhook)
        {
            yield return new(TokenClaims.PortalWebhook, webhook.ToString());
        }
    }
}
