using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Webhooks.Api.Security;
using Webhooks.Core.ApiKeys;

namespace Webhooks.Api.Authentication;

/// <summary>Judges bearer tokens that are API keys.</summary>
internal sealed class ApiKeyAuthentication(KnownKeys keys, FailedAuthentications failures, TimeProvider clock)
{
    /// <summary>Why a key is refused that is none, or none any more. It does not say which: a guess is told nothing.</summary>
    public const string Unknown = "The API key is not known: it was revoked, or never made";

    private const string Malformed = "The API key is not written as it was made: its length, a character or its checksum is wrong";
    private const string Expired = "The API key has expired";

    /// <summary>Whether a token is meant to be an API key.</summary>
    public static bool IsKey(ReadOnlySpan<char> token) => token.StartsWith(ApiKeyText.Prefix, StringComparison.Ordinal);

    /// <summary>Judges a key.</summary>
    /// <param name="token">The key.</param>
    /// <param name="context">The request that has it.</param>
    public async Task<AuthenticateResult> AuthenticateAsync(string token, HttpContext context)
    {
        if (!ApiKeyText.TryReadId(token, out var id))
        {
            return Refuse(Malformed);
        }

        if (!(keys.WasFound(id) || failures.MayLookUp(context))
            || await keys.FindAsync(id, context.RequestAborted) is not { } key
            || !key.Is(token))
        {
            return Refuse(Unknown);
        }

        if (key.ExpiresAt <= clock.GetUtcNow())
        {
            return Refuse(Expired);
        }

        keys.Used(key);
        return AuthenticateResult.Success(new AuthenticationTicket(Principal(key), BearerAuthentication.Scheme));
    }

    private static AuthenticateResult Refuse(string reason) => AuthenticateResult.Fail(new AuthenticationFailureException(reason));

    private static ClaimsPrincipal Principal(KnownKey key) => new(new ClaimsIdentity(
        [
            new(TokenClaims.OrgId, key.OrgId.ToString()),
            new(TokenClaims.Scope, string.Join(' ', key.Scopes)),
            new(TokenClaims.ApiKey, key.Id.ToString()),
        ],
        BearerAuthentication.Scheme));
}
