namespace Webhooks.Core.Webhooks;

/// <summary>A webhook to store.</summary>
public sealed record NewWebhook(string Url, IReadOnlyList<string> Events, bool Active, string? Description);
