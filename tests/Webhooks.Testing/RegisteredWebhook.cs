namespace Webhooks.Testing;

/// <summary>A webhook that a test registered.</summary>
public sealed record RegisteredWebhook(Guid Id, string Secret);
