namespace Webhooks.Core.Alerts;

/// <summary>The attempts of an organization in the window that is judged.</summary>
/// <param name="OrgId">The organization.</param>
/// <param name="Attempts">All.</param>
/// <param name="Failed">Those that failed.</param>
/// <param name="AlertId">The alert that is triggered; null when there is none.</param>
internal sealed record OrganizationAttempts(Guid OrgId, long Attempts, long Failed, Guid? AlertId);
