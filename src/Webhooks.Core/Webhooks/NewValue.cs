namespace Webhooks.Core.Webhooks;

/// <summary>A value to set, which may be null; without one, what is set stays.</summary>
/// <param name="Value">The value.</param>
public readonly record struct NewValue<T>(T Value);
