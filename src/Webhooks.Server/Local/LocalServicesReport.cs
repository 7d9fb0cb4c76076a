namespace Webhooks.Server.Local;

/// <summary>A line of what <c>local/services.mjs</c> tells; one of the three is there.</summary>
internal sealed record LocalServicesReport(string? Progress, LocalServicesReport.ConnectionStrings? Ready, string? Failed)
{
    /// <summary>How to reach each service that was asked for.</summary>
    internal sealed record ConnectionStrings(string? Postgres, string? Queues);
}
