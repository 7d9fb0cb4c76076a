using System.Net;
using CsCheck;
using Webhooks.Core.Webhooks;

namespace Webhooks.Core.Tests.Webhooks;

public sealed class WebhookUrlTests
{
    private static readonly WebhooksOptions _strict = new();

    private static readonly WebhooksOptions _local = new()
    {
        RequireHttps = false,
        AllowedNetworks = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128"), IPNetwork.Parse("10.1.0.0/16")],
    };

    [Theory]
    [InlineData("https://example.com")]
    [InlineData("https://example.com/")]
    [InlineData("HTTPS://EXAMPLE.COM/Webhooks")]
    [InlineData("https://example.com:8443/a/b?token=x&y=%20z")]
    [InlineData("https://example.com:1024/")]
    [InlineData("https://example.com./")]
    [InlineData("https://sub_domain.example.com/")]
    [InlineData("https://xn--bcher-kva.example/")]
    [InlineData("https://bücher.example/füße")]
    [InlineData("https://8.8.8.8/")]
    [InlineData("https://[2606:4700::1111]/")]
    [InlineData("https://example.com/user@example.com?to=a@b")]
    [InlineData("https://example.com?a=https://b@c")]
    public void A_public_https_url_may_be_used(string url) => Assert.Null(WebhookUrl.Problem(url, _strict));

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("   ", "is empty")]
    [InlineData("/webhooks", "does not begin with https://")]
    [InlineData("webhooks", "does not begin with https://")]
    [InlineData("example.com/webhooks", "does not begin with https://")]
    [InlineData("//example.com/webhooks", "does not begin with https://")]
    [InlineData("https:/example.com", "does not begin with https://")]
    [InlineData("https:example.com", "does not begin with https://")]
    [InlineData(" https://example.com", "does not begin with https://")]
    [InlineData("ftp://example.com/", "does not begin with https://")]
    [InlineData("file:///etc/passwd", "does not begin with https://")]
    [InlineData("javascript:alert(1)", "does not begin with https://")]
    [InlineData("gopher://example.com:6379/_x", "does not begin with https://")]
    [InlineData("ws://example.com/", "does not begin with https://")]
    [InlineData("https://", "valid host")]
    [InlineData("https:///path", "valid host")]
    [InlineData("https://?query", "valid host")]
    [InlineData("https://:443/", "valid host")]
    [InlineData("https://.example.com/", "valid host")]
    [InlineData("https://example..com/", "valid host")]
    [InlineData("https://*.example.com/", "valid host")]
    [InlineData("https://-example.com/", "valid host")]
    [InlineData("https://ex%61mple.com/", "valid host")]
    [InlineData("https://%31%32%37.0.0.1/", "valid host")]
    [InlineData("https://[::1/", "valid host")]
    [InlineData("https://[v1.abc]/", "valid host")]
    [InlineData("https://example.com:99999/", "valid host")]
    [InlineData("https://example.com:-1/", "valid host")]
    [InlineData("https://example.com:http/", "valid host")]
    [InlineData("https://example.com/a b", "a space, a control character")]
    [InlineData("https://example.com/ ", "a space, a control character")]
    [InlineData("https://example.com/a\tb", "a space, a control character")]
    [InlineData("https://example.com/\r\nX-Evil: 1", "a space, a control character")]
    [InlineData("https://example.com/\0", "a space, a control character")]
    [InlineData("https://example.com/\u00A0", "a space, a control character")]
    [InlineData("https://exam\u200Bple.com/", "a space, a control character")]
    [InlineData("https://example.com/\u202Egpj.exe", "a space, a control character")]
    [InlineData("https://example.com\\@evil.example/", "backslash")]
    [InlineData("https://user:password@example.com/", "user name or password")]
    [InlineData("https://user@example.com/", "user name or password")]
    [InlineData("https://@example.com/", "user name or password")]
    [InlineData("https://example.com@evil.example/", "user name or password")]
    [InlineData("https://8.8.8.8%2f@example.com/", "user name or password")]
    [InlineData("https://example.com/#", "fragment")]
    [InlineData("https://example.com/a#section", "fragment")]
    [InlineData("https://example.com#@evil.example/", "fragment")]
    public void A_url_that_is_not_plain_is_refused_with_the_reason(string url, string reason) => AssertRefused(url, _strict, reason);

    [Fact]
    public void A_url_with_a_broken_character_is_refused()
    {
        // Not as theory data: a lone surrogate does not survive the test runner.
        AssertRefused("https://example.com/\uD800", _strict, "a broken one");
        AssertRefused("https://\uD800.com/", _strict, "a broken one");
    }

    [Theory]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://127.0.0.1./")]
    [InlineData("https://127.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://0/")]
    [InlineData("https://0.0.0.0/")]
    [InlineData("https://127。0。0。1/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://168.63.129.16/machine")]
    [InlineData("https://10.1.2.3/")]
    [InlineData("https://172.31.255.255/")]
    [InlineData("https://192.168.0.1/")]
    [InlineData("https://100.100.100.200/")]
    [InlineData("https://224.0.0.1/")]
    [InlineData("https://255.255.255.255/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::]/")]
    [InlineData("https://[::ffff:127.0.0.1]/")]
    [InlineData("https://[::127.0.0.1]/")]
    [InlineData("https://[64:ff9b::10.0.0.1]/")]
    [InlineData("https://[fe80::1%25eth0]/")]
    [InlineData("https://[fd00:ec2::254]/")]
    [InlineData("https://localhost/")]
    [InlineData("https://LOCALHOST./")]
    [InlineData("https://app.localhost/")]
    public void A_url_with_a_private_or_special_address_is_refused(string url) => AssertRefused(url, _strict, "Use a public one");

    [Theory]
    [InlineData("http://127.0.0.1:9000/hook")]
    [InlineData("http://localhost:9000/hook")]
    [InlineData("http://[::1]:9000/")]
    [InlineData("http://[::ffff:10.1.2.3]/")]
    [InlineData("https://10.1.2.3/")]
    public void Allowed_networks_and_plain_http_are_for_the_operator_to_open(string url)
    {
        Assert.NotNull(WebhookUrl.Problem(url, _strict));
        Assert.Null(WebhookUrl.Problem(url, _local));
    }

    [Fact]
    public void An_allowed_network_opens_no_other() => AssertRefused("http://10.2.0.1/", _local, "Use a public one");

    [Fact]
    public void Plain_http_is_refused_where_https_is_required() =>
        AssertRefused("http://example.com/", _strict, "must begin with https://");

    [Theory]
    [InlineData(0)]
    [InlineData(22)]
    [InlineData(25)]
    [InlineData(445)]
    [InlineData(1023)]
    [InlineData(3306)]
    [InlineData(5432)]
    [InlineData(6379)]
    public void A_port_of_another_service_is_refused_even_where_its_network_is_allowed(int port)
    {
        AssertRefused($"https://example.com:{port}/", _strict, $"port {port}");
        AssertRefused($"http://127.0.0.1:{port}/", _local, $"port {port}");
    }

    [Fact]
    public void A_url_may_be_as_long_as_the_limit_and_no_longer()
    {
        var options = new WebhooksOptions { Limits = new WebhooksLimits { UrlLength = 40 } };
        var longest = "https://example.com/".PadRight(40, 'a');

        Assert.Null(WebhookUrl.Problem(longest, options));
        AssertRefused(longest + "a", options, "41 characters, and the limit is 40");
    }

    [Theory]
    [InlineData("")]
    [InlineData("https://")]
    [InlineData("http://[")]
    [InlineData("https://example.com:")]
    [InlineData("https://127.0.0.1")]
    public void Arbitrary_text_is_judged_and_never_throws(string start) =>
        Gen.String.Sample(rest =>
        {
            WebhookUrl.Problem(start + rest, _strict);
            WebhookUrl.Problem(start + rest, _local);
        });

    private static void AssertRefused(string url, WebhooksOptions options, string reason) =>
        Assert.Contains(reason, WebhookUrl.Problem(url, options), StringComparison.Ordinal);
}
