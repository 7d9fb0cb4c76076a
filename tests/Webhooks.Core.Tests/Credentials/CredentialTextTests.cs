using Webhooks.Core.Credentials;

namespace Webhooks.Core.Tests.Credentials;

public sealed class CredentialTextTests
{
    private readonly Guid _id = Guid.CreateVersion7();

    [Fact]
    public void A_key_tells_its_id_and_no_two_are_alike()
    {
        var key = CredentialText.ApiKey.Generate(_id);

        Assert.Matches("^whk_[0-9A-Za-z]{61}$", key);
        Assert.True(CredentialText.ApiKey.TryReadId(key, out var id));
        Assert.Equal(_id, id);
        Assert.StartsWith(CredentialText.ApiKey.PublicPart(_id), key, StringComparison.Ordinal);
        Assert.NotEqual(key, CredentialText.ApiKey.Generate(_id));
    }

    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("ffffffff-ffff-ffff-ffff-ffffffffffff")]
    public void The_least_and_the_greatest_id_can_be_written(string id)
    {
        Assert.True(CredentialText.ApiKey.TryReadId(CredentialText.ApiKey.Generate(Guid.Parse(id)), out var read));
        Assert.Equal(Guid.Parse(id), read);
    }

    [Fact]
    public void A_wrong_character_is_noticed_wherever_it_is()
    {
        var key = CredentialText.ApiKey.Generate(_id);

        for (var at = 0; at < key.Length; at++)
        {
            var wrong = key[..at] + (key[at] == 'a' ? 'b' : 'a') + key[(at + 1)..];
            Assert.False(CredentialText.ApiKey.TryReadId(wrong, out _), wrong);
        }
    }

    [Fact]
    public void Characters_that_changed_places_are_noticed()
    {
        var key = CredentialText.ApiKey.Generate(_id);

        for (var at = "whk_".Length; at < key.Length - 1; at++)
        {
            var wrong = $"{key[..at]}{key[at + 1]}{key[at]}{key[(at + 2)..]}";
            Assert.True(wrong == key || !CredentialText.ApiKey.TryReadId(wrong, out _), wrong);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("whk_")]
    [InlineData("whk_0000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("WHK_0000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("whk_ü000000000000000000000000000000000000000000000000000000000000")]
    public void What_is_no_key_is_told_apart(string text) => Assert.False(CredentialText.ApiKey.TryReadId(text, out _));

    [Fact]
    public void A_part_of_a_key_or_more_than_one_is_no_key()
    {
        var key = CredentialText.ApiKey.Generate(_id);

        Assert.False(CredentialText.ApiKey.TryReadId(key[..^1], out _));
        Assert.False(CredentialText.ApiKey.TryReadId(key + "0", out _));
        Assert.False(CredentialText.ApiKey.TryReadId(" " + key, out _));
    }

    /// <summary>So that scanners for published keys can be told how: the checksum is that of zip.</summary>
    [Fact]
    public void The_checksum_is_the_crc_32_of_what_stands_before_it()
    {
        const string Key = "whk_032L9qGQjCfvV0sSxe6suaAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA0ivRls";

        Assert.True(CredentialText.ApiKey.TryReadId(Key, out var id));
        Assert.Equal(Guid.Parse("019c1fc9-58a0-7d3e-9c1b-2f8e4d5a6b7c"), id);
    }
}
