using Webhooks.Api.Authentication;
using Webhooks.Core;

namespace Webhooks.Api.Tests.Authentication;

public sealed class DevelopmentKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("webhooks-key-").FullName;

    private string KeyFile => Path.Combine(_folder, "keys", "token-key");

    [Fact]
    public void The_file_is_made_for_its_owner_only()
    {
        DevelopmentKey.LoadOrCreate(KeyFile);

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        }

        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(KeyFile)!));
    }

    [Fact]
    public async Task Processes_that_start_at_once_get_the_same_key()
    {
        var keys = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => DevelopmentKey.LoadOrCreate(KeyFile))));

        Assert.Single(keys.Select(key => Convert.ToHexString(key.SecurityKey.Key)).Distinct());
        Assert.Equal(256, keys[0].SecurityKey.KeySize);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no base64!")]
    [InlineData("c2hvcnQ=")]
    public void A_file_without_a_usable_key_is_refused_with_advice(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(KeyFile)!);
        File.WriteAllText(KeyFile, content);

        var refused = Assert.Throws<InvalidSettingException>(() => DevelopmentKey.LoadOrCreate(KeyFile));

        Assert.Contains("Webhooks__Auth__DevelopmentKeyFile", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Delete it", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_cannot_be_a_file_is_refused_with_its_setting_and_leaves_nothing_behind()
    {
        Directory.CreateDirectory(KeyFile);

        var refused = Assert.Throws<InvalidSettingException>(() => DevelopmentKey.LoadOrCreate(KeyFile));

        Assert.Contains("Webhooks__Auth__DevelopmentKeyFile", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(KeyFile)!));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
