using System.Security.Cryptography;
using System.Text.Json;

namespace Webhooks.Core.Secrets;

/// <summary>The content of a file of keys: <c>{"keys":[{"version":"…","key":"base64 of 32 bytes"}]}</c>, the newest last.</summary>
internal sealed class KeyFile
{
    /// <summary>The form of a file, for messages.</summary>
    public const string Form = """{"keys":[{"version":"…","key":"base64 of 32 bytes"}]}""";

    private const int KeyLength = 32;

    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private readonly Dictionary<string, EncryptionKey> _keys;

    private KeyFile(IReadOnlyList<EncryptionKey> keys)
    {
        _keys = keys.ToDictionary(key => key.Version);
        Newest = keys[^1];
    }

    public EncryptionKey Newest { get; }

    public EncryptionKey? Find(string version) => _keys.GetValueOrDefault(version);

    /// <summary>A file with one random key, named at random so that the keys of two files are never taken for each other.</summary>
    public static byte[] Generate()
    {
        var key = new Entry(
            RandomNumberGenerator.GetHexString(8, lowercase: true), Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyLength)));
        return JsonSerializer.SerializeToUtf8Bytes(new Content([key]), _options);
    }

    /// <exception cref="JsonException">It is not JSON of this form.</exception>
    /// <exception cref="FormatException">A key has no version, one that is taken, or not 32 bytes; or there is no key.</exception>
    public static KeyFile Parse(ReadOnlySpan<byte> json)
    {
        var keys = (JsonSerializer.Deserialize<Content>(json, _options)?.Keys ?? []).Select(ToKey).ToList();
        return keys.Count > 0 && keys.DistinctBy(key => key.Version).Count() == keys.Count
            ? new KeyFile(keys)
            : throw new FormatException("There must be a key, and every version only once.");
    }

    private static EncryptionKey ToKey(Entry? entry) =>
        entry is not null && IsVersion(entry.Version) && Convert.FromBase64String(entry.Key) is { Length: KeyLength } bytes
            ? new EncryptionKey(entry.Version, bytes)
            : throw new FormatException("A version is letters, digits and hyphens; a key has 32 bytes.");

    private static bool IsVersion(string version) =>
        version.Length > 0 && version.All(character => char.IsAsciiLetterOrDigit(character) || character == '-');

    private sealed record Content(IReadOnlyList<Entry?> Keys);

    private sealed record Entry(string Version, string Key);
}
