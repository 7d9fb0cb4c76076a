namespace Webhooks.Load;

/// <summary>The organization whose webhooks and history a token is for.</summary>
internal sealed record TokenPlan(Guid Organization);
