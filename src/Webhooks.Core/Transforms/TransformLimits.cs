namespace Webhooks.Core.Transforms;

/// <summary>
/// What one run of a transform may use. It is the same everywhere, so that a script behaves on every server as it was tried.
/// </summary>
public static class TransformLimits
{
    /// <summary>Characters of the source.</summary>
    public const int SourceCharacters = 50 * 1024;

    /// <summary>Levels of the source within one another, of which the interpreter takes 256.</summary>
    internal const int SourceLevels = 250;

    /// <summary>Bytes of memory that it allocates.</summary>
    internal const int MemoryBytes = 10_000_000;

    internal const int Statements = 50_000;

    /// <summary>Calls of a function within itself.</summary>
    internal const int Recursion = 64;

    /// <summary>Characters of one string.</summary>
    internal const int StringCharacters = 512 * 1024;

    internal const int ArrayElements = 128 * 1024;

    /// <summary>Characters of a regular expression that a script gives as a string.</summary>
    internal const int PatternCharacters = 1000;

    /// <summary>Objects and arrays within one another in what it returns.</summary>
    internal const int Depth = 64;

    /// <summary>Rest elements in patterns, which copy what they are given without a statement of their own.</summary>
    internal const int RestElements = 20;

    /// <summary>Characters of an error's message that are kept.</summary>
    internal const int MessageCharacters = 500;

    /// <summary>
    /// How often a run may run out of time before that counts: what a script is the first of its process to use is compiled meanwhile, and
    /// a regular expression is given its time by the clock on the wall.
    /// </summary>
    internal const int Runs = 3;

    /// <summary>Of a processor.</summary>
    internal static readonly TimeSpan Time = TimeSpan.FromMilliseconds(50);
}
