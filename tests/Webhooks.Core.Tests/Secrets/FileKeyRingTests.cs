using System.Runtime.Versioning;
using Microsoft.Extensions.Configuration;
using Webhooks.Core.Secrets;

namespace Webhooks.Core.Tests.Secrets;

[UnsupportedOSPlatform("windows")]
public sealed class FileKeyRingTests : IDisposable
{
    private const string KeyOfOnes = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    private const string KeyOfTwos = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("webhooks-keys-");

    private string KeyFile => Path.Combine(_folder.FullName, "keys.json");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_file_is_made_at_first_use_readable_by_its_owner_only()
    {
        var file = Path.Combine(_folder.FullName, "a", "b", "keys.json");
        using var ring = new FileKeyRing(file);

        var key = await ring.GetNewestAsync(Token);

        Assert.Equal(32, key.Bytes.Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task A_key_is_the_same_after_a_restart()
    {
        using var before = new FileKeyRing(KeyFile);
        var key = await before.GetNewestAsync(Token);

        using var after = new FileKeyRing(KeyFile);

        Assert.Equal(key.Bytes, (await after.GetNewestAsync(Token)).Bytes);
        Assert.Equal(key.Bytes, (await after.GetAsync(key.Version, Token)).Bytes);
    }

    [Fact]
    public async Task Processes_that_start_at_once_agree_on_one_key_and_leave_one_file()
    {
        for (var round = 0; round < 20; round++)
        {
            var file = Path.Combine(_folder.FullName, $"round{round}", "keys.json");
            var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
                async () =>
                {
                    using var ring = new FileKeyRing(file);
                    return await ring.GetNewestAsync(Token);
                },
                Token)));

            Assert.Single(keys.Select(key => Convert.ToBase64String(key.Bytes.Span)).Distinct());
            Assert.Equal([file], Directory.GetFiles(Path.GetDirectoryName(file)!));
        }
    }

    [Fact]
    public async Task The_last_key_encrypts_and_every_key_decrypts()
    {
        Write($$"""{"keys":[{"version":"one","key":"{{KeyOfOnes}}"},{"version":"two","key":"{{KeyOfTwos}}"}]}""");
        using var ring = new FileKeyRing(KeyFile);

        Assert.Equal("two", (await ring.GetNewestAsync(Token)).Version);
        Assert.Equal(KeyOfOnes, Convert.ToBase64String((await ring.GetAsync("one", Token)).Bytes.Span));
        Assert.Equal(KeyOfTwos, Convert.ToBase64String((await ring.GetAsync("two", Token)).Bytes.Span));
    }

    [Fact]
    public async Task A_key_that_was_added_while_running_decrypts_what_another_process_encrypted()
    {
        Write($$"""{"keys":[{"version":"one","key":"{{KeyOfOnes}}"}]}""");
        using var ring = new FileKeyRing(KeyFile);
        await ring.GetNewestAsync(Token);

        Write($$"""{"keys":[{"version":"one","key":"{{KeyOfOnes}}"},{"version":"two","key":"{{KeyOfTwos}}"}]}""");

        Assert.Equal(KeyOfTwos, Convert.ToBase64String((await ring.GetAsync("two", Token)).Bytes.Span));
    }

    [Fact]
    public async Task A_key_that_is_not_there_is_named_with_the_file_and_the_setting()
    {
        using var ring = new FileKeyRing(KeyFile);

        var failure = await Assert.ThrowsAsync<SecretUnavailableException>(() => ring.GetAsync("gone", Token).AsTask());

        Assert.Contains("'gone'", failure.Message, StringComparison.Ordinal);
        Assert.Contains(KeyFile, failure.Message, StringComparison.Ordinal);
        Assert.Contains("Webhooks__Secrets__KeyFile", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":null}""")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":[null]}""")]
    [InlineData("""{"keys":[{"version":"one"}]}""")]
    [InlineData("""{"keys":[{"version":null,"key":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="}]}""")]
    [InlineData("""{"keys":[{"version":"","key":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="}]}""")]
    [InlineData("""{"keys":[{"version":"a:b","key":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="}]}""")]
    [InlineData("""{"keys":[{"version":"one","key":"AQEBAQEBAQE="}]}""")]
    [InlineData("""{"keys":[{"version":"one","key":"AQEBAQEBAQEBAQEBAQEBAQEBAQEB not base64"}]}""")]
    [InlineData("""
        {"keys":[
            {"version":"a","key":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="},
            {"version":"a","key":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="}]}
        """)]
    public async Task A_malformed_file_is_named_with_the_setting_and_its_keys_are_not_shown(string content)
    {
        Write(content);
        using var ring = new FileKeyRing(KeyFile);

        var failure = await Assert.ThrowsAsync<SecretUnavailableException>(() => ring.GetNewestAsync(Token).AsTask());

        Assert.Contains(KeyFile, failure.Message, StringComparison.Ordinal);
        Assert.Contains("Webhooks__Secrets__KeyFile", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("AQEBAQEB", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(KeyFile, Token));
    }

    [Fact]
    public async Task A_file_that_was_mended_is_used_without_a_restart()
    {
        Write("broken");
        using var ring = new FileKeyRing(KeyFile);
        await Assert.ThrowsAsync<SecretUnavailableException>(() => ring.GetNewestAsync(Token).AsTask());

        Write($$"""{"keys":[{"version":"one","key":"{{KeyOfOnes}}"}]}""");

        Assert.Equal("one", (await ring.GetNewestAsync(Token)).Version);
    }

    [Fact]
    public async Task A_file_that_other_users_can_read_is_refused_with_the_command_that_closes_it()
    {
        Write($$"""{"keys":[{"version":"one","key":"{{KeyOfOnes}}"}]}""");
        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        using var ring = new FileKeyRing(KeyFile);

        var failure = await Assert.ThrowsAsync<SecretUnavailableException>(() => ring.GetNewestAsync(Token).AsTask());

        Assert.Contains($"chmod 600 '{KeyFile}'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_cannot_be_used_is_named_with_the_setting()
    {
        var folder = _folder.CreateSubdirectory("keys.json").FullName;
        using var ring = new FileKeyRing(folder);

        var failure = await Assert.ThrowsAsync<SecretUnavailableException>(() => ring.GetNewestAsync(Token).AsTask());

        Assert.Contains(folder, failure.Message, StringComparison.Ordinal);
        Assert.Contains("Webhooks__Secrets__KeyFile", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_folder.GetFiles());
    }

    [Fact]
    public async Task The_setting_names_the_file()
    {
        using var ring = FileKeyRing.From(Configuration(("Webhooks:Secrets:KeyFile", KeyFile)));

        await ring.GetNewestAsync(Token);

        Assert.True(File.Exists(KeyFile));
    }

    [Fact]
    public void Without_the_setting_the_message_names_it()
    {
        var failure = Assert.Throws<InvalidSettingException>(() => FileKeyRing.From(Configuration()));

        Assert.Contains("Webhooks__Secrets__KeyFile", failure.Message, StringComparison.Ordinal);
    }

    private static IConfiguration Configuration(params IEnumerable<(string Key, string Value)> settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();

    private void Write(string content)
    {
        File.WriteAllText(KeyFile, content);
        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
