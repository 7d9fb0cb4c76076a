namespace Webhooks.EndToEnd.Tests;

/// <summary>A webhook that a test registered.</summary>
internal sealed record RegisteredWebhook(Guid Id, string Secret);
