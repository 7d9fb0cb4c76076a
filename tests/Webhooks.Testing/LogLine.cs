using Microsoft.Extensions.Logging;

namespace Webhooks.Testing;

/// <summary>A line of the log.</summary>
/// <param name="Category">The logger.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Text">The message and, after it, the exception.</param>
public sealed record LogLine(string Category, LogLevel Level, string Text);
