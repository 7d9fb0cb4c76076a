using Microsoft.Extensions.Logging;

namespace Webhooks.Testing;

/// <summary>A line of the log.</summary>
/// <param name="Category">The logger.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Text">The message and, after it, the exception.</param>
/// <param name="Scopes">The scopes that it is in, as text.</param>
public sealed record LogLine(string Category, LogLevel Level, string Text, IReadOnlyList<string> Scopes);
