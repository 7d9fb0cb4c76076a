using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Webhooks.Api.Problems;
using Webhooks.Core.EventTypes;

namespace Webhooks.Api.OpenApi;

/// <summary>What the OpenAPI document says of the API as a whole.</summary>
internal static class DocumentDescription
{
    /// <summary>The name of the security scheme.</summary>
    public const string Bearer = "bearer";

    /// <summary>The tag of what receivers get.</summary>
    public const string ReceivedEvents = "Received events";

    private static readonly (string Name, string Description)[] _tags =
    [
        ("Webhooks", "Where events go to."),
        ("Deliveries", "What was sent to a webhook, and what came of it."),
        ("Recoveries", "What a webhook did not get in a window of time, made good."),
        ("Events", "What happens in the platform."),
        ("Event types", "What can happen, for those who operate the platform."),
        ("Audit", "Who changed what."),
        ("API keys", "What programs call this API with, in place of a token of the authority."),
        ("Portal", "Links to the web portal, for people who have no token of their own."),
        ("Organizations", "The platform's organizations, for those who operate it."),
        (ReceivedEvents, "The request that a webhook gets, for each event type."),
    ];

    public static async Task TransformAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Webhooks",
            Version = "v1",
            Description =
                "Register webhooks, publish events, and see what was delivered.\n\n"
                + "Names are snake_case; times are ISO 8601 in UTC. Lists are newest first, by id, unless another order is asked for: "
                + "send `next_cursor` "
                + "back as `cursor` until it is null. "
                + "Errors are problem documents (RFC 9457); `errors` holds messages by field. Their types are stable:\n\n"
                + string.Join('\n', ProblemKind.All.Select(kind => $"- `{kind.Type}` ({kind.Status}): {kind.Title}.")),
        };
        foreach (var server in document.Servers ?? [])
        {
            server.Url = server.Url?.TrimEnd('/');
        }

        document.Tags = _tags.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }).ToHashSet();
        document.Components ??= new OpenApiComponents();

        // The type of path parameters, whose schema the operations say themselves.
        document.Components.Schemas?.Remove("Id");
        var types = context.ApplicationServices.GetRequiredService<KnownEventTypes>();
        await types.RefreshAsync(cancellationToken);
        OpenApi.ReceivedEvents.AddTo(document, types.Current);
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT, API key or portal session",
            Description = "An API key (`whk_…`), which belongs to an organization and has scopes, the token of a portal session "
                + "(`whs_…`), or a JWT whose claim `org_id` names your "
                + "organization and whose claim `scope` holds the scopes that an operation asks for. With the scope `admin`, everything is "
                + "allowed, for the organization that the header `Webhooks-Organization` names.",
        };
    }
}
