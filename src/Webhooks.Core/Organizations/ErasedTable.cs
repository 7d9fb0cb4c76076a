namespace Webhooks.Core.Organizations;

/// <summary>A table that holds something of organizations.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Belongs">The SQL condition that a row of it belongs to the organization <c>@org_id</c>.</param>
internal sealed record ErasedTable(string Name, string Belongs)
{
    private const string OfOrganization = "org_id = @org_id";

    private const string OfWebhook = "webhook_id = ANY (ARRAY (SELECT id FROM webhooks WHERE org_id = @org_id))";

    /// <summary>
    /// What is made by the work on deliveries, and webhooks after that: before a webhook is deleted, there must be nothing that refers to
    /// it. Deliveries are erased before all of these, and audit entries after them; each has a way of its own.
    /// </summary>
    public static IReadOnlyList<ErasedTable> All { get; } =
    [
        new("recovery_deliveries", $"recovery_id IN (SELECT id FROM webhook_recoveries WHERE {OfWebhook})"),
        new("webhook_recoveries", OfWebhook),
        new("late_deliveries", OfWebhook),
        new("pull_leases", OfOrganization),
        new("webhook_signals", OfOrganization),
        new("webhook_health", OfWebhook),
        new("portal_sessions", OfOrganization),
        new("webhooks", OfOrganization),
        new("webhook_statistics", $"minutes IN (1, 60, 1440) AND {OfOrganization}"),
        new("webhook_alerts", OfOrganization),
        new("publish_limits", OfOrganization),
        new("api_keys", OfOrganization),
        new("event_keys", OfOrganization),
        new("event_inbox", OfOrganization),
        new("request_keys", OfOrganization),
    ];
}
