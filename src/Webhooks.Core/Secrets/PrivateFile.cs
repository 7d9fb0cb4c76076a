using System.Diagnostics;

namespace Webhooks.Core.Secrets;

/// <summary>Files of keys that only this user may read (0600), and that processes which start at once agree on.</summary>
public static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan _longestTurn = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _pauseBeforeNextTry = TimeSpan.FromMilliseconds(10);

    /// <summary>Makes the file, and its directories, unless it is there.</summary>
    /// <remarks>
    /// The file gets its name when it is complete, so that nobody reads half of it; and processes that start at once take turns, so
    /// that the first one's content counts. <c>File.Move</c> alone would not do: told not to overwrite, it looks first and renames then.
    /// </remarks>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static async Task CreateIfMissingAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var unnamed = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            await WriteAsync(unnamed, content, cancellationToken);
            await using var turn = await TakeTurnAsync(path, cancellationToken);
            if (!File.Exists(path))
            {
                File.Move(unnamed, path);
            }
        }
        finally
        {
            File.Delete(unnamed);
        }
    }

    /// <summary>Opens a lock file that only one process can have open; the operating system closes it with a process that dies.</summary>
    private static async Task<FileStream> TakeTurnAsync(string path, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(
                    $"{path}.lock", FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(started) < _longestTurn)
            {
                await Task.Delay(_pauseBeforeNextTry, cancellationToken);
            }
        }
    }

    private static async Task WriteAsync(string file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        await using var stream = new FileStream(file, options);
        await stream.WriteAsync(content, cancellationToken);
        stream.Flush(flushToDisk: true);
    }
}
