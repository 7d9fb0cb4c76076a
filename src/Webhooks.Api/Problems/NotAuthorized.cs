using Microsoft.AspNetCore.Http;
using Webhooks.Api.Authentication;

namespace Webhooks.Api.Problems;

/// <summary>The answer 401 or 403 to a request whose token was good enough for the operation, but is not for what it asks of it.</summary>
internal sealed class NotAuthorized : IResult
{
    /// <summary>The request's API key was revoked while the request was handled.</summary>
    public static readonly NotAuthorized KeyRevoked = new(
        response => AuthorizationAnswers.ChallengeAsync(response, ApiKeyAuthentication.Unknown));

    private readonly Func<HttpResponse, Task> _answer;

    private NotAuthorized(Func<HttpResponse, Task> answer) => _answer = answer;

    /// <summary>What was to be made would allow more than who makes it may do.</summary>
    /// <param name="what">What that is, as a noun.</param>
    /// <param name="scopes">The scopes that are too much.</param>
    public static NotAuthorized Wider(string what, IReadOnlyList<string> scopes) => new(response => AuthorizationAnswers.ForbidAsync(
        response,
        string.Join(' ', scopes),
        $"Nothing was made. A {what} may allow what your own token does, and that lacks {string.Join(", ", scopes)}. Leave it out, or "
        + "ask for a token with it."));

    public Task ExecuteAsync(HttpContext httpContext) => _answer(httpContext.Response);
}
