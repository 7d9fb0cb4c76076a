using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Webhooks.Api.Security;
using Webhooks.Core.Credentials;

namespace Webhooks.Api.Authentication;

/// <summary>
/// The scheme for bearer tokens, which has a request's token judged by what its form says that it is: an API key, a session of the portal,
/// or a JWT, unless that was judged a moment ago.
/// </summary>
internal sealed class BearerAuthentication(
    AcceptedTokens accepted, ApiKeyAuthentication keys, PortalSessionAuthentication sessions, FailedAuthentications failures)
    : IAuthenticationHandler
{
    /// <summary>The scheme's name.</summary>
    public const string Scheme = "Webhooks";

    private const string Prefix = "Bearer ";

    private HttpContext _context = null!;
    private Task<AuthenticateResult>? _judgement;

    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        _context = context;
        return Task.CompletedTask;
    }

    /// <summary>Judges the token of the request, once.</summary>
    public Task<AuthenticateResult> AuthenticateAsync() => _judgement ??= JudgeAsync();

    public Task ChallengeAsync(AuthenticationProperties? properties) =>
        _context.ChallengeAsync(JwtBearerDefaults.AuthenticationScheme, properties);

    public Task ForbidAsync(AuthenticationProperties? properties) =>
        _context.ForbidAsync(JwtBearerDefaults.AuthenticationScheme, properties);

    private Task<AuthenticateResult> JudgeAsync()
    {
        var authorization = _context.Request.Headers.Authorization.ToString();
        var token = authorization.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? authorization.AsSpan(Prefix.Length).Trim() : [];
        if (keys.Recognizes(token))
        {
            return JudgeAsync(keys, token.ToString());
        }

        if (sessions.Recognizes(token))
        {
            return JudgeAsync(sessions, token.ToString());
        }

        return accepted.Find(authorization) is { } judgement ? Task.FromResult(judgement) : JudgeTokenAsync(authorization);
    }

    private async Task<AuthenticateResult> JudgeAsync<T>(CredentialAuthentication<T> credentials, string token)
        where T : KnownCredential =>
        Count(await credentials.AuthenticateAsync(token, _context), credentials.Kind);

    private async Task<AuthenticateResult> JudgeTokenAsync(string authorization)
    {
        var judgement = await _context.AuthenticateAsync(JwtBearerDefaults.AuthenticationScheme);
        accepted.Add(authorization, judgement);
        return Count(judgement, CredentialKind.Token);
    }

    /// <summary>Counts what is refused. That there is no token is no failure.</summary>
    private AuthenticateResult Count(AuthenticateResult judgement, CredentialKind kind) =>
        judgement.Failure is not null && failures.Add(_context, kind) is { } wait
            ? AuthenticateResult.Fail(new TooManyFailuresException(wait))
            : judgement;
}
