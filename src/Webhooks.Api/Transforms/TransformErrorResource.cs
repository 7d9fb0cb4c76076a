namespace Webhooks.Api.Transforms;

/// <summary>What is wrong with a transform, or went wrong as it ran.</summary>
/// <param name="Line">The line of the source, from 1; null when it is about no line.</param>
/// <param name="Message">The error for a person.</param>
internal sealed record TransformErrorResource(int? Line, string Message);
