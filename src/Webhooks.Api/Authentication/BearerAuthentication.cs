using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;

namespace Webhooks.Api.Authentication;

/// <summary>Has a request's token judged as a JWT, unless that was done a moment ago.</summary>
internal sealed class BearerAuthentication(AcceptedTokens accepted) : IAuthenticationHandler
{
    /// <summary>The scheme's name.</summary>
    public const string Scheme = "Webhooks";

    private HttpContext _context = null!;

    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        _context = context;
        return Task.CompletedTask;
    }

    public Task<AuthenticateResult> AuthenticateAsync()
    {
        var authorization = _context.Request.Headers.Authorization.ToString();
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
