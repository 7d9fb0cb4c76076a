using System.Collections.Frozen;

namespace Webhooks.Api.Portal;

/// <summary>The built portal: its page, and what that loads.</summary>
internal sealed class PortalFiles
{
    /// <summary>The folder of what has its content's hash in its name, and so never changes.</summary>
    private const string Hashed = "assets/";

    private const string PageName = "index.html";

    private readonly FrozenDictionary<string, PortalFile> _files;

    private PortalFiles(FrozenDictionary<string, PortalFile> files) => _files = files;

    /// <summary>Where the build puts the portal: beside the app.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "portal");

    /// <summary>The page, which shows whatever its address says; null when the portal was not built.</summary>
    public PortalFile? Page => Find(PageName);

    /// <summary>Reads a folder, which may not be there.</summary>
    public static PortalFiles Read(string folder)
    {
        var paths = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories) : [];
        return new PortalFiles(paths.Where(path => !PortalFile.IsCompressed(path)).ToFrozenDictionary(
            path => Path.GetRelativePath(folder, path).Replace('\\', '/'), PortalFile.Read, StringComparer.Ordinal));
    }

    /// <summary>Whether a path is of what never changes.</summary>
    public static bool IsHashed(string path) => path.StartsWith(Hashed, StringComparison.Ordinal);

    /// <summary>A file by its path below the portal; null when there is none.</summary>
    public PortalFile? Find(string path) => _files.GetValueOrDefault(path);
}
