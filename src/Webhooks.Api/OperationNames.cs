namespace Webhooks.Api;

/// <summary>
/// The operations of the API. They are the endpoints' names and the OpenAPI document's operation ids; a host that starts operations itself
/// finds the endpoints by them.
/// </summary>
public static class OperationNames
{
    public const string CreateWebhook = nameof(CreateWebhook);
    public const string ListWebhooks = nameof(ListWebhooks);
    public const string GetWebhook = nameof(GetWebhook);
    public const string UpdateWebhook = nameof(UpdateWebhook);
    public const string DeleteWebhook = nameof(DeleteWebhook);
    public const string TestWebhook = nameof(TestWebhook);
    public const string PullDeliveries = nameof(PullDeliveries);
    public const string ReportPulled = nameof(ReportPulled);
    public const string TestFilter = nameof(TestFilter);
    public const string TestTransform = nameof(TestTransform);
    public const string RotateSecret = nameof(RotateSecret);
    public const string PromoteSecret = nameof(PromoteSecret);
    public const string EndSecretOverlap = nameof(EndSecretOverlap);
    public const string ListDeliveries = nameof(ListDeliveries);
    public const string GetDelivery = nameof(GetDelivery);
    public const string GetDeliveryRequest = nameof(GetDeliveryRequest);
    public const string Redeliver = nameof(Redeliver);
    public const string RedactDelivery = nameof(RedactDelivery);
    public const string CancelDelivery = nameof(CancelDelivery);
    public const string CancelDeliveries = nameof(CancelDeliveries);
    public const string CreateRecovery = nameof(CreateRecovery);
    public const string ListRecoveries = nameof(ListRecoveries);
    public const string GetRecovery = nameof(GetRecovery);
    public const string PauseRecovery = nameof(PauseRecovery);
    public const string ResumeRecovery = nameof(ResumeRecovery);
    public const string CancelRecovery = nameof(CancelRecovery);
    public const string ListAllDeliveries = nameof(ListAllDeliveries);
    public const string ListEvents = nameof(ListEvents);
    public const string GetEvent = nameof(GetEvent);
    public const string ExplainWebhook = nameof(ExplainWebhook);
    public const string ListOrganizations = nameof(ListOrganizations);
    public const string GetOrganization = nameof(GetOrganization);
    public const string UpdateOrganization = nameof(UpdateOrganization);
    public const string EraseOrganization = nameof(EraseOrganization);
    public const string ListAudit = nameof(ListAudit);
    public const string GetStatistics = nameof(GetStatistics);
    public const string GetWebhookStatistics = nameof(GetWebhookStatistics);
    public const string GetBacklog = nameof(GetBacklog);
    public const string ListAvailableEvents = nameof(ListAvailableEvents);
    public const string PublishEvents = nameof(PublishEvents);
    public const string ListEventTypes = nameof(ListEventTypes);
    public const string GetEventType = nameof(GetEventType);
    public const string CreateEventType = nameof(CreateEventType);
    public const string UpdateEventType = nameof(UpdateEventType);
    public const string DeleteEventType = nameof(DeleteEventType);
    public const string ImportEventTypes = nameof(ImportEventTypes);
    public const string CreateApiKey = nameof(CreateApiKey);
    public const string ListApiKeys = nameof(ListApiKeys);
    public const string GetApiKey = nameof(GetApiKey);
    public const string RevokeApiKey = nameof(RevokeApiKey);
    public const string CreatePortalSession = nameof(CreatePortalSession);
    public const string ListPortalSessions = nameof(ListPortalSessions);
    public const string RevokePortalSession = nameof(RevokePortalSession);
    public const string GetPortalSession = nameof(GetPortalSession);
}
