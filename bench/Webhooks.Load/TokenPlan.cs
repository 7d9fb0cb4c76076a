namespace Webhooks.Load;

/// <summary>Whose history a token is for.</summary>
internal sealed record TokenPlan(Guid Organization);
