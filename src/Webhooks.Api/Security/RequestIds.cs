using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Webhooks.Api.Telemetry;

namespace Webhooks.Api.Security;

/// <summary>
/// The id of each request (header <c>X-Request-Id</c>): the caller's own where it is well-formed, which lets callers find their requests in
/// our log. It is in the answer, in every problem, in every line that is logged for the request, and in audit entries.
/// </summary>
internal sealed class RequestIds(ILogger<RequestIds> logger)
{
    /// <summary>The header, of requests and answers.</summary>
    public const string Header = "X-Request-Id";

    /// <summary>The most characters of a caller's own id.</summary>
    public const int MostCharacters = 128;

    /// <summary>Handles a request under its id.</summary>
    public async Task AssignAsync(HttpContext context, RequestDelegate next)
    {
        var id = context.Request.Headers[Header] is [{ } own] && IsWellFormed(own) ? own : Guid.CreateVersion7().ToString();
        context.TraceIdentifier = id;
        using (logger.BeginScope(new RequestScope(id)))
        {
            await next(context);
        }
    }

    /// <summary>Nothing that could be mistaken for more than an id, in a log or elsewhere.</summary>
    private static bool IsWellFormed(string id) =>
        id.Length is > 0 and <= MostCharacters
        && id.All(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or ':');
}
