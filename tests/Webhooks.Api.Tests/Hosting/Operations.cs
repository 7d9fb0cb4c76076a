using Webhooks.Api.Authentication;

namespace Webhooks.Api.Tests.Hosting;

/// <summary>Every operation of the API, with ids that nothing has.</summary>
public static class Operations
{
    private const string Organizations = "/api/v1/organizations";
    private const string EventTypes = "/api/v1/event-types";

    public const string PortalSessions = "/api/v1/portal/sessions";

    private const string PortalAccess = "/api/v1/portal/session";

    private static readonly string _someWebhook = $"{Calls.Webhooks}/{Guid.NewGuid()}";

    public static IReadOnlyList<(HttpMethod Method, string Path)> All { get; } =
    [
        (HttpMethod.Post, Calls.Webhooks),
        (HttpMethod.Get, Calls.Webhooks),
        (HttpMethod.Get, _someWebhook),
        (HttpMethod.Patch, _someWebhook),
        (HttpMethod.Delete, _someWebhook),
        (HttpMethod.Post, Calls.Webhooks + "/filter/test"),
        (HttpMethod.Post, _someWebhook + "/test"),
        (HttpMethod.Post, _someWebhook + "/pull"),
        (HttpMethod.Post, _someWebhook + "/pull/results"),
        (HttpMethod.Post, _someWebhook + "/secret/rotate"),
        (HttpMethod.Post, _someWebhook + "/secret/promote"),
        (HttpMethod.Delete, _someWebhook + "/secret/previous"),
        (HttpMethod.Get, _someWebhook + "/deliveries"),
        (HttpMethod.Get, $"{_someWebhook}/deliveries/{Guid.NewGuid()}"),
        (HttpMethod.Get, $"{_someWebhook}/deliveries/{Guid.NewGuid()}/request"),
        (HttpMethod.Post, $"{_someWebhook}/deliveries/{Guid.NewGuid()}/redeliver"),
        (HttpMethod.Post, $"{_someWebhook}/deliveries/{Guid.NewGuid()}/redact"),
        (HttpMethod.Post, $"{_someWebhook}/deliveries/{Guid.NewGuid()}/cancel"),
        (HttpMethod.Post, _someWebhook + "/deliveries/cancel"),
        (HttpMethod.Post, _someWebhook + "/recoveries"),
        (HttpMethod.Get, _someWebhook + "/recoveries"),
        (HttpMethod.Get, $"{_someWebhook}/recoveries/{Guid.NewGuid()}"),
        (HttpMethod.Post, $"{_someWebhook}/recoveries/{Guid.NewGuid()}/pause"),
        (HttpMethod.Post, $"{_someWebhook}/recoveries/{Guid.NewGuid()}/resume"),
        (HttpMethod.Post, $"{_someWebhook}/recoveries/{Guid.NewGuid()}/cancel"),
        (HttpMethod.Get, $"{_someWebhook}/explain?event_id={Guid.NewGuid()}"),
        (HttpMethod.Get, "/api/v1/deliveries"),
        (HttpMethod.Get, "/api/v1/events"),
        (HttpMethod.Get, $"/api/v1/events/{Guid.NewGuid()}"),
        (HttpMethod.Get, "/api/v1/backlog"),
        (HttpMethod.Get, "/api/v1/audit"),
        (HttpMethod.Get, Organizations),
        (HttpMethod.Get, $"{Organizations}/{Guid.NewGuid()}"),
        (HttpMethod.Patch, $"{Organizations}/{Guid.NewGuid()}"),
        (HttpMethod.Delete, $"{Organizations}/{Guid.NewGuid()}"),
        (HttpMethod.Get, "/api/v1/webhooks/events/available"),
        (HttpMethod.Post, "/api/v1/events"),
        (HttpMethod.Post, "/api/v1/api-keys"),
        (HttpMethod.Get, "/api/v1/api-keys"),
        (HttpMethod.Get, $"/api/v1/api-keys/{Guid.NewGuid()}"),
        (HttpMethod.Delete, $"/api/v1/api-keys/{Guid.NewGuid()}"),
        (HttpMethod.Post, PortalSessions),
        (HttpMethod.Get, PortalSessions),
        (HttpMethod.Delete, $"{PortalSessions}/{Guid.NewGuid()}"),
        (HttpMethod.Get, PortalAccess),
        (HttpMethod.Get, EventTypes),
        (HttpMethod.Get, EventTypes + "/no.such"),
        (HttpMethod.Post, EventTypes),
        (HttpMethod.Patch, EventTypes + "/no.such"),
        (HttpMethod.Delete, EventTypes + "/no.such"),
        (HttpMethod.Post, EventTypes + "/import"),
    ];

    /// <summary>The scope that an operation needs; null when any token is enough.</summary>
    public static string? ScopeOf(HttpMethod method, string path)
    {
        if (path == PortalAccess)
        {
            return null;
        }

        if (method == HttpMethod.Post && path == "/api/v1/events")
        {
            return Scopes.PublishEvents;
        }

        if (path.StartsWith(Organizations, StringComparison.Ordinal))
        {
            return Scopes.Admin;
        }

        if (path.StartsWith(EventTypes, StringComparison.Ordinal) && method != HttpMethod.Get)
        {
            return Scopes.WriteEventTypes;
        }

        if (path.StartsWith(_someWebhook + "/pull", StringComparison.Ordinal))
        {
            return Scopes.PullDeliveries;
        }

        return method == HttpMethod.Get || path.EndsWith("/filter/test", StringComparison.Ordinal)
            ? Scopes.ReadWebhooks
            : Scopes.WriteWebhooks;
    }
}
