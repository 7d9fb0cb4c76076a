using Webhooks.Core.Secrets;

namespace Webhooks.Core.Tests.Secrets;

public sealed class WebhookSecretTests
{
    [Fact]
    public void A_secret_is_whsec_and_the_base64_of_32_bytes()
    {
        var secret = WebhookSecret.Generate();

        Assert.StartsWith("whsec_", secret);
        Assert.Equal(32, Convert.FromBase64String(secret["whsec_".Length..]).Length);
    }

    [Fact]
    public void No_two_secrets_are_the_same() =>
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => WebhookSecret.Generate()).Distinct().Count());

    [Fact]
    public void The_key_is_what_the_base64_after_the_prefix_stands_for() =>
        Assert.Equal([1, 2, 3, 250, 251, 252], WebhookSecret.GetKey("whsec_AQID+vv8"));

    [Theory]
    [InlineData("")]
    [InlineData("AQID")]
    [InlineData("WHSEC_AQID")]
    [InlineData("whsec_not base64!")]
    public void What_is_no_secret_is_refused_without_being_shown(string text)
    {
        var refusal = Assert.Throws<FormatException>(() => WebhookSecret.GetKey(text));

        Assert.DoesNotContain("AQID", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not base64!", refusal.Message, StringComparison.Ordinal);
    }
}
