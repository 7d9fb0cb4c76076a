using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Webhooks.Api.Problems;
using Webhooks.Core;
using Webhooks.Core.PortalSessions;

namespace Webhooks.Api.Portal;

/// <summary>
/// <c>/portal</c>: the web portal. It is open to anyone and holds nothing of anyone: what it shows it asks the API for, with a token that
/// no server sees in an address.
/// </summary>
internal static class PortalPages
{
    /// <summary>The query parameter that names a session: not its token.</summary>
    private const string Session = "session";

    private static readonly string _version =
        typeof(PortalPages).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static void MapPortal(this IEndpointRouteBuilder endpoints)
    {
        var portal = endpoints.MapGroup(ApiPaths.Portal).AllowAnonymous().ExcludeFromDescription();
        portal.MapGet("/settings.json", ShowSettingsAsync);
        portal.MapGet("/{**path}", ServeAsync);
    }

    private static async Task<IResult> ShowSettingsAsync(
        HttpRequest request, PortalSettings settings, PortalSessionStore sessions, CancellationToken cancellationToken)
    {
        var embedding = await FindEmbeddingAsync(request, sessions, cancellationToken);
        var oidc = settings.OpenIdConnect is { } signIn
            ? new PortalSignInResource(signIn.Authority.OriginalString, signIn.ClientId, signIn.Scope, signIn.Audience)
            : null;
        return TypedResults.Ok(new PortalSettingsResource(ApiPaths.Base, _version, oidc, embedding.RefreshUrl));
    }

    private static async Task<IResult> ServeAsync(
        HttpContext context,
        PortalFiles files,
        SignInOrigins signIn,
        PortalSessionStore sessions,
        CancellationToken cancellationToken,
        string path = "")
    {
        if (context.Request.Path.Value == ApiPaths.Portal)
        {
            // Files are found relative to it.
            return TypedResults.LocalRedirect($"~{ApiPaths.Portal}/{context.Request.QueryString}");
        }

        var headers = context.Response.Headers;
        if (files.Find(path) is { } file && file != files.Page)
        {
            headers.CacheControl = PortalFiles.IsHashed(path) ? "public, max-age=31536000, immutable" : "no-cache";
            return file.ToResult(context);
        }

        if (files.Page is not { } page)
        {
            return NotFoundProblem.Portal;
        }

        if (PortalFiles.IsHashed(path))
        {
            return NotFoundProblem.PortalFile;
        }

        var embedding = await FindEmbeddingAsync(context.Request, sessions, cancellationToken);
        headers.ContentSecurityPolicy = Policy(await signIn.FindAsync(cancellationToken), embedding);
        headers.CacheControl = "no-cache";
        return page.ToResult(context);
    }

    /// <summary>
    /// Scripts and styles come from here, none stands in the page, and requests go to this API and to where people sign in. The page
    /// is shown in frames of the organization whose session the address names.
    /// </summary>
    private static string Policy(IReadOnlyCollection<string> signIn, PortalEmbedding embedding)
    {
        var callable = string.Join(' ', signIn.Prepend("'self'"));
        var ancestors = embedding.FrameAncestors.Count == 0 ? "'none'" : string.Join(' ', embedding.FrameAncestors);
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; "
            + $"connect-src {callable}; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}";
    }

    private static async Task<PortalEmbedding> FindEmbeddingAsync(
        HttpRequest request, PortalSessionStore sessions, CancellationToken cancellationToken) =>
        UuidText.TryParse(request.Query[Session], out var id)
            ? await sessions.FindEmbeddingAsync(id, cancellationToken) ?? PortalEmbedding.None
            : PortalEmbedding.None;
}
