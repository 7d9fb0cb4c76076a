using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Tokens;
using Webhooks.Api.Problems;

namespace Webhooks.Api.Authentication;

/// <summary>
/// The answers 401 and 403, with a problem that says why, and with <c>WWW-Authenticate</c> as RFC 6750 section 3 defines it.
/// </summary>
internal sealed class AuthorizationAnswers : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            return next(context);
        }

        return authorizeResult.Forbidden
            ? ForbidAsync(context.Response, policy, authorizeResult.AuthorizationFailure)
            : ChallengeAsync(context);
    }

    /// <summary>Answers 401.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="failure">What is wrong with the token, as a sentence without its end; null when there is none.</param>
    public static Task ChallengeAsync(HttpResponse response, string? failure)
    {
        response.Headers.WWWAuthenticate = failure is null
            ? "Bearer"
            : $"Bearer error=\"invalid_token\", error_description=\"{failure}\"";
        return response.WriteProblemAsync(ProblemKind.Unauthenticated.Details(
            failure is null ? "Send the header Authorization: Bearer followed by a token or an API key." : failure + "."));
    }

    /// <summary>Answers 403.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="scopes">The scopes that are needed, separated by spaces.</param>
    /// <param name="detail">What is refused, and what to do.</param>
    public static Task ForbidAsync(HttpResponse response, string scopes, string detail)
    {
        response.Headers.WWWAuthenticate = $"Bearer error=\"insufficient_scope\", scope=\"{scopes}\"";
        return response.WriteProblemAsync(ProblemKind.Forbidden.Details(detail));
    }

    private static async Task ChallengeAsync(HttpContext context)
    {
        // The token was judged before; this only gives the result again.
        var failure = (await context.AuthenticateAsync()).Failure;
        await (failure is TooManyFailuresException { Wait: var wait }
            ? SlowDownAsync(context.Response, wait)
            : ChallengeAsync(context.Response, failure is null ? null : Describe(failure)));
    }

    private static Task SlowDownAsync(HttpResponse response, TimeSpan wait)
    {
        response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return response.WriteProblemAsync(ProblemKind.TooManyFailures.Details(
            "The token is not valid, and neither were others that came from your address within a minute. A valid one is accepted all "
            + "the same; an API key that was not used of late may need another try."));
    }

    private static Task ForbidAsync(HttpResponse response, AuthorizationPolicy policy, AuthorizationFailure? failure)
    {
        var scopes = policy.Requirements.OfType<ScopeRequirement>().Select(requirement => requirement.Scope);
        var reasons = failure?.FailureReasons.Select(reason => reason.Message) ?? [];
        return ForbidAsync(response, string.Join(' ', scopes), string.Join(' ', reasons));
    }

    /// <summary>Words of our own, because the library's repeat what is in the token.</summary>
    private static string Describe(Exception failure) => failure switch
    {
        SecurityTokenExpiredException => "The token has expired",
        SecurityTokenNotYetValidException => "The token is not valid yet",
        SecurityTokenNoExpirationException => "The token has no expiry",
        SecurityTokenInvalidIssuerException => "The token is from another issuer",
        SecurityTokenInvalidAudienceException => "The token is for another audience",
        SecurityTokenInvalidAlgorithmException => "The token is signed with an algorithm that is not accepted",
        SecurityTokenInvalidSignatureException or SecurityTokenSignatureKeyNotFoundException => "The token's signature is not valid",
        AuthenticationFailureException own => own.Message,
        _ => "The token is malformed",
    };
}
