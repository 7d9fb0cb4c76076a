namespace Webhooks.Testing;

/// <summary>One measurement.</summary>
/// <param name="Value">In the instrument's unit.</param>
/// <param name="Tags">As <c>name=value</c>, joined by commas.</param>
public sealed record Measured(double Value, string Tags);
