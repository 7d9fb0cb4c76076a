namespace Webhooks.Api.Pull;

/// <summary>What came of reported results.</summary>
/// <param name="Results">One for each, in order.</param>
internal sealed record ReportedResults(IReadOnlyList<ReportedResult> Results);
