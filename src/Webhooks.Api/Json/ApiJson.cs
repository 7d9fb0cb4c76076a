using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Webhooks.Api.ApiKeys;
using Webhooks.Api.Audit;
using Webhooks.Api.Cancellation;
using Webhooks.Api.Deliveries;
using Webhooks.Api.Events;
using Webhooks.Api.EventTypes;
using Webhooks.Api.History;
using Webhooks.Api.Organizations;
using Webhooks.Api.Portal;
using Webhooks.Api.Pull;
using Webhooks.Api.Recoveries;
using Webhooks.Api.Statistics;
using Webhooks.Api.Webhooks;

namespace Webhooks.Api.Json;

/// <summary>How answers are written. Requests are read by <see cref="Requests.JsonFields"/> and Core's event reader.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(WebhookResource))]
[JsonSerializable(typeof(CreatedWebhook))]
[JsonSerializable(typeof(ListPage<WebhookResource>))]
[JsonSerializable(typeof(ListPage<DeliveryResource>))]
[JsonSerializable(typeof(DeliveryDetailResource))]
[JsonSerializable(typeof(CanceledDeliveries))]
[JsonSerializable(typeof(RecoveryResource))]
[JsonSerializable(typeof(ListPage<RecoveryResource>))]
[JsonSerializable(typeof(RecoveryPreviewResource))]
[JsonSerializable(typeof(PulledDeliveries))]
[JsonSerializable(typeof(ReportedResults))]
[JsonSerializable(typeof(ListPage<EventResource>))]
[JsonSerializable(typeof(EventDetailResource))]
[JsonSerializable(typeof(ExplanationResource))]
[JsonSerializable(typeof(ListPage<AuditEntryResource>))]
[JsonSerializable(typeof(IReadOnlyList<FieldChange>))]
[JsonSerializable(typeof(StatisticsResource))]
[JsonSerializable(typeof(OrganizationResource))]
[JsonSerializable(typeof(ListPage<OrganizationResource>))]
[JsonSerializable(typeof(PublishedEventResource))]
[JsonSerializable(typeof(PublishedEventsResource))]
[JsonSerializable(typeof(AvailableEvents))]
[JsonSerializable(typeof(EventTypeResource))]
[JsonSerializable(typeof(ListPage<EventTypeResource>))]
[JsonSerializable(typeof(ImportedEventTypesResource))]
[JsonSerializable(typeof(ApiKeyResource))]
[JsonSerializable(typeof(CreatedApiKey))]
[JsonSerializable(typeof(ListPage<ApiKeyResource>))]
[JsonSerializable(typeof(PortalSessionResource))]
[JsonSerializable(typeof(CreatedPortalSession))]
[JsonSerializable(typeof(ListPage<PortalSessionResource>))]
[JsonSerializable(typeof(PortalAccessResource))]
[JsonSerializable(typeof(PortalSettingsResource))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(HttpValidationProblemDetails))]
internal sealed partial class ApiJson : JsonSerializerContext;
