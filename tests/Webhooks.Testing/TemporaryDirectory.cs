namespace Webhooks.Testing;

/// <summary>A directory of its own for a test, removed with everything in it.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    /// <summary>Its absolute path.</summary>
    public string Path { get; } = Directory.CreateDirectory(NewPath()).FullName;

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    /// <summary>The path of a directory that does not exist yet.</summary>
    internal static string NewPath() => System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"webhooks-test-{Guid.NewGuid():N}");
}
