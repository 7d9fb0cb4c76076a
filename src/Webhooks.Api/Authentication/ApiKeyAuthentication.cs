using System.Security.Claims;
using Webhooks.Api.Security;
using Webhooks.Core.ApiKeys;
using Webhooks.Core.Credentials;

namespace Webhooks.Api.Authentication;

/// <summary>The judge of bearer tokens that are API keys.</summary>
internal sealed class ApiKeyAuthentication(KnownKeys keys, FailedAuthentications failures, TimeProvider clock)
    : CredentialAuthentication<KnownKey>(keys, failures, clock)
{
    private const string Called = "The API key";

    private readonly KnownKeys _keys = keys;

    /// <summary>Why a key is refused that has been revoked.</summary>
    public static string Unknown { get; } = UnknownOf(Called);

    public override CredentialKind Kind => CredentialKind.ApiKey;

    protected override CredentialText Text => CredentialText.ApiKey;

    protected override string Name => Called;

    protected override IEnumerable<Claim> ClaimsOf(KnownKey credential) =>
    [
        new(TokenClaims.OrgId, credential.OrgId.ToString()),
        new(TokenClaims.Scope, string.Join(' ', credential.Scopes)),
        new(TokenClaims.ApiKey, credential.Id.ToString()),
    ];

    protected override void Accepted(KnownKey credential) => _keys.Used(credential);
}
