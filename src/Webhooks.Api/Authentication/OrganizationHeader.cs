using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Problems;
using Webhooks.Core;
using Webhooks.Core.Events;

namespace Webhooks.Api.Authentication;

/// <summary>
/// The header <c>Webhooks-Organization</c>, by which an operator (scope <c>admin</c>) names the organization that a request acts for. It
/// takes the place of the token's own.
/// </summary>
internal static class OrganizationHeader
{
    /// <summary>The header's name.</summary>
    public const string Name = "Webhooks-Organization";

    /// <summary>The header in the OpenAPI document.</summary>
    public static readonly HeaderDescription Description = new(
        Name,
        $"With the scope `{Scopes.Admin}`: the organization that the request acts for, in place of the token's own. "
            + "Without that scope, 403.",
        Example: "0197a000-0000-7000-8000-000000000001");

    /// <summary>Whether a request has the header.</summary>
    public static bool IsIn(HttpRequest request) => request.Headers.ContainsKey(Name);

    /// <summary>
    /// Lets a request that is authenticated act for the organization that it names. Where nothing is asked for an organization, it is not
    /// looked at.
    /// </summary>
    /// <exception cref="InvalidRequestException">The header does not name an organization.</exception>
    public static Task ApplyAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Headers.TryGetValue(Name, out var values)
            || context.User.Identity is not { IsAuthenticated: true }
            || context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>() is null)
        {
            return next(context);
        }

        if (!context.User.HasScope(Scopes.Admin))
        {
            return AuthorizationAnswers.ForbidAsync(
                context.Response,
                Scopes.Admin,
                $"The header {Name} is for tokens with the scope {Scopes.Admin}. Leave it out: the token names your organization.");
        }

        if (values is not [{ } text]
            || !UuidText.TryParse(text, out var organization)
            || (organization == Guid.Empty && context.GetEndpoint()?.Metadata.GetMetadata<OfTheInstallation>() is null))
        {
            throw Invalid("It must be given once, with an organization's id: a UUID, as in 0197a000-0000-7000-8000-000000000001.");
        }

        context.User = ActingFor(context.User, organization);
        return next(context);
    }

    /// <summary>The refusal of an operator's request that names no organization in any way.</summary>
    public static InvalidRequestException Missing() =>
        Invalid($"It is missing. The token names no organization ({TokenClaims.OrgId}), so name the one to act for here.");

    /// <summary>A principal of its own: that of the token is shared by all requests that have it.</summary>
    private static ClaimsPrincipal ActingFor(ClaimsPrincipal user, Guid organization)
    {
        var claims = user.Claims.Where(claim => claim.Type != TokenClaims.OrgId).Append(new(TokenClaims.OrgId, organization.ToString()));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, user.Identity!.AuthenticationType));
    }

    private static InvalidRequestException Invalid(string message)
    {
        var errors = new FieldErrors();
        errors.Add(Name, message);
        return new InvalidRequestException(errors);
    }
}
