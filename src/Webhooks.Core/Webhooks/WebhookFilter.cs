namespace Webhooks.Core.Webhooks;

/// <summary>A choice of the webhooks to list; null means any.</summary>
/// <param name="Active">Active or not.</param>
/// <param name="Event">Those that an event of this type would go to, by name or by <c>*</c>.</param>
/// <param name="Metadata">Those that have all of these labels.</param>
/// <param name="UrlContains">Those whose URL contains this text, whatever its case.</param>
public sealed record WebhookFilter(
    bool? Active = null,
    string? Event = null,
    string? UrlContains = null,
    IReadOnlyDictionary<string, string>? Metadata = null);
