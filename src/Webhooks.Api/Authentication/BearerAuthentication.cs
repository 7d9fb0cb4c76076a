using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;

namespace Webhooks.Api.Authentication;

/// <summary>
/// Has a request's bearer token judged by what its form says that it is: an API key, or a JWT, unless that was judged a moment ago.
/// </summary>
internal sealed class BearerAuthentication(AcceptedTokens accepted, ApiKeyAuthentication keys) : IAuthenticationHandler
{
    /// <summary>The scheme's name.</summary>
    public const string Scheme = "Webhooks";

    private const string Prefix = "Bearer ";

    private HttpContext _context = null!;

    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        _context = context;
        return Task.CompletedTask;
    }

    public Task<AuthenticateResult> AuthenticateAsync()
    {
        var authorization = _context.Request.Headers.Authorization.ToString();
        var token = authorization.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? authorization.AsSpan(Prefix.Length).Trim() : [];
        if (ApiKeyAuthentication.IsKey(token))
        {
            return keys.AuthenticateAsync(token.ToString(), _context.RequestAborted);
        }

        return accepted.Find(authorization) is { } judgement ? Task.FromResult(judgement) : JudgeAsync(authorization);
    }

    public Task ChallengeAsync(AuthenticationProperties? properties) =>
        _context.ChallengeAsync(JwtBearerDefaults.AuthenticationScheme, properties);

    public Task ForbidAsync(AuthenticationProperties? properties) =>
        _context.ForbidAsync(JwtBearerDefaults.AuthenticationScheme, properties);

    private async Task<AuthenticateResult> JudgeAsync(string authorization)
    {
        var judgement = await _context.AuthenticateAsync(JwtBearerDefaults.AuthenticationScheme);
        accepted.Add(authorization, judgement);
        return judgement;
    }
}
