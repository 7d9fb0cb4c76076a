using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Webhooks.Core.Secrets;

/// <summary>
/// A key ring in a local file, for development and small installations. The file is made at first use, readable by its owner only.
/// To change the key, append one to the file's list and restart: the last encrypts, and every one of them decrypts.
/// </summary>
/// <param name="path">The file; folders that are missing are made with it.</param>
public sealed class FileKeyRing(string path) : IKeyRing, IDisposable
{
    private const string Setting = $"{WebhooksOptions.Section}:Secrets:KeyFile";
    private const string SettingInEnvironment = $"{WebhooksOptions.Section}__Secrets__KeyFile";
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly SemaphoreSlim _reading = new(1);
    private volatile KeyFile? _file;

    /// <summary>The ring in the file that setting <c>Webhooks__Secrets__KeyFile</c> names.</summary>
    /// <exception cref="InvalidSettingException">It is not set.</exception>
    public static FileKeyRing From(IConfiguration configuration) =>
        configuration[Setting] is { } file && !string.IsNullOrWhiteSpace(file)
            ? new FileKeyRing(Path.GetFullPath(file))
            : throw new InvalidSettingException(
                Setting,
                "It is not set. Write the path of the file that holds the encryption keys; it is made if it does not exist.");

    /// <inheritdoc/>
    public async ValueTask<EncryptionKey> GetNewestAsync(CancellationToken cancellationToken) =>
        (_file ?? await ReadAsync(known: null, cancellationToken)).Newest;

    /// <inheritdoc/>
    public ValueTask<EncryptionKey> GetAsync(string version, CancellationToken cancellationToken) =>
        _file?.Find(version) is { } key ? ValueTask.FromResult(key) : FindAfterReadingAsync(version, cancellationToken);

    public void Dispose() => _reading.Dispose();

    /// <summary>Looks an unknown version up in the file as it is now: another process may have started with a newer one.</summary>
    private async ValueTask<EncryptionKey> FindAfterReadingAsync(string version, CancellationToken cancellationToken)
    {
        var file = await ReadAsync(known: _file, cancellationToken);
        return file.Find(version) ?? throw new SecretUnavailableException(
            $"The key file '{path}' has no key '{version}'. "
            + $"Put that key back into it, or set {SettingInEnvironment} to the file that has it.");
    }

    private async Task<KeyFile> ReadAsync(KeyFile? known, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_file is { } read && read != known)
            {
                return read;
            }

            return _file = await ReadOrCreateAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SecretUnavailableException(
                $"The key file '{path}' cannot be read or made. "
                + $"Give this process access to it, or set {SettingInEnvironment} to another path.",
                failure);
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task<KeyFile> ReadOrCreateAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            await PrivateFile.CreateIfMissingAsync(path, KeyFile.Generate(), cancellationToken);
        }

        RefuseIfOthersHaveAccess();
        try
        {
            return KeyFile.Parse(await File.ReadAllBytesAsync(path, cancellationToken));
        }
        catch (Exception malformed) when (malformed is JsonException or FormatException)
        {
            throw new SecretUnavailableException(
                $"The key file '{path}' is not of the form {KeyFile.Form}. "
                + $"Restore it from a backup, or set {SettingInEnvironment} to another path.",
                malformed);
        }
    }

    private void RefuseIfOthersHaveAccess()
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
        {
            throw new SecretUnavailableException($"The key file '{path}' is open to every user of this machine. Run: chmod 600 '{path}'");
        }
    }
}
