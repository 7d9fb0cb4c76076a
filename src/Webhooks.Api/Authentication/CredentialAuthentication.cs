using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Webhooks.Api.Security;
using Webhooks.Core.Credentials;

namespace Webhooks.Api.Authentication;

/// <summary>The judge of bearer tokens that are credentials of a kind which is kept in the database.</summary>
internal abstract class CredentialAuthentication<T>(
    KnownCredentials<T> known, FailedAuthentications failures, TimeProvider clock)
    where T : KnownCredential
{
    /// <summary>Which kind they are of.</summary>
    public abstract CredentialKind Kind { get; }

    /// <summary>How one is written.</summary>
    protected abstract CredentialText Text { get; }

    /// <summary>What one is called, at the beginning of a sentence.</summary>
    protected abstract string Name { get; }

    /// <summary>Whether a token is meant to be one.</summary>
    public bool Recognizes(ReadOnlySpan<char> token) => Text.Begins(token);

    /// <summary>Judges one.</summary>
    /// <param name="token">The token.</param>
    /// <param name="context">The request that has it.</param>
    public async Task<AuthenticateResult> AuthenticateAsync(string token, HttpContext context)
    {
        if (!Text.TryReadId(token, out var id))
        {
            return Refuse($"{Name} is not written as it was made: its length, a character or its checksum is wrong");
        }

        if (!(known.WasFound(id) || failures.MayLookUp(context))
            || await known.FindAsync(id, context.RequestAborted) is not { } credential
            || !credential.Is(token))
        {
            return Refuse(UnknownOf(Name));
        }

        if (credential.ExpiresAt <= clock.GetUtcNow())
        {
            return Refuse($"{Name} has expired");
        }

        Accepted(credential);
        var principal = new ClaimsPrincipal(new ClaimsIdentity(ClaimsOf(credential), BearerAuthentication.Scheme));
        var properties = new AuthenticationProperties { ExpiresUtc = credential.ExpiresAt };
        return AuthenticateResult.Success(new AuthenticationTicket(principal, properties, BearerAuthentication.Scheme));
    }

    /// <summary>Why one is refused that is none, or none any more. It does not say which: a guess is told nothing.</summary>
    protected static string UnknownOf(string name) => $"{name} is not known: it was revoked, or never made";

    /// <summary>What one says of who has it.</summary>
    protected abstract IEnumerable<Claim> ClaimsOf(T credential);

    /// <summary>Notes that a request had it.</summary>
    protected virtual void Accepted(T credential)
    {
    }

    private static AuthenticateResult Refuse(string reason) => AuthenticateResult.Fail(new AuthenticationFailureException(reason));
}
