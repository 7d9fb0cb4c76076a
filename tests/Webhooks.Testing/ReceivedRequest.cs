using System.Text;

namespace Webhooks.Testing;

/// <summary>One request as a receiver got it.</summary>
/// <param name="Method">POST.</param>
/// <param name="Path">The path with its query.</param>
/// <param name="Headers">By name, without regard to case; a repeated header's values are joined by commas.</param>
/// <param name="Body">The raw bytes.</param>
/// <param name="At">When the body was complete, UTC.</param>
public sealed record ReceivedRequest(
    string Method,
    string Path,
    IReadOnlyDictionary<string, string> Headers,
    byte[] Body,
    DateTimeOffset At)
{
    /// <summary>The body as UTF-8 text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>A header's value, or null when the request has no such header.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
