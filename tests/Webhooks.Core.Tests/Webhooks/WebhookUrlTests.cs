using System.Net;
using System.Text;
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

    [Theory]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("BÜCHER.Example", "xn--bcher-kva.Example")]
    [InlineData("straße.example", "xn--strae-oqa.example")]
    [InlineData("ΣΊΣΥΦΟΣ.example", "xn--kxa6akbbkh.example")]
    [InlineData("ПРИМЕР.испытание", "xn--e1afmkfd.xn--80akhbyknj4f")]
    [InlineData("例え.テスト", "xn--r8jz45g.xn--zckzah")]
    [InlineData("例え。テスト", "xn--r8jz45g.xn--zckzah")]
    [InlineData("한국.example", "xn--3e0b707e.example")]
    [InlineData("אב.example", "xn--4dbc.example")]
    [InlineData("אב1.example", "xn--1-zhcd.example")]
    [InlineData("مثال.إختبار", "xn--mgbh0fb.xn--kgbechtv")]
    [InlineData("ที่.example", "xn--o3c4dtc.example")]
    [InlineData("☃.example:8443", "xn--n3h.example:8443")]
    [InlineData("a_b.ü.example.", "a_b.xn--tda.example.")]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example")]
    [InlineData("xn--1-zhcd.example", "xn--1-zhcd.example")]
    public void An_international_host_is_stored_in_the_ascii_form_that_browsers_resolve(string host, string ascii)
    {
        Assert.Null(WebhookUrl.Problem($"https://{host}/hook", _strict, out var stored));
        Assert.Equal($"https://{ascii}/hook", stored);
        Assert.True(WebhookUrl.TryRead(stored, _strict, out var uri, out _));
        Assert.Equal(ascii.Split(':')[0].ToLowerInvariant(), uri.IdnHost);
    }

    [Theory]
    [InlineData("ｅxample.com", "full-width")]
    [InlineData("１２７.0.0.1", "full-width digits")]
    [InlineData("①②⑦.0.0.1", "digits in circles")]
    [InlineData("example。ｃom", "full-width after an ideographic full stop")]
    [InlineData("bu\u0308cher.example", "decomposed")]
    [InlineData("a\u200Db.example", "zero-width joiner")]
    [InlineData("نامه\u200Cای.example", "zero-width non-joiner")]
    [InlineData("STRAẞE.example", "capital sharp s, which browsers did not always map alike")]
    [InlineData("1אב.example", "a digit before right-to-left letters")]
    [InlineData("אבa.example", "both directions in a label")]
    [InlineData("1a.אב.example", "a digit at the beginning of a label beside right-to-left ones")]
    [InlineData("\u0301a.example", "a mark at the beginning")]
    [InlineData("xn--ü.example", "both forms at once")]
    [InlineData("ü%41.example", "percent-encoded")]
    [InlineData("ⅷ.example", "compatibility letters")]
    [InlineData("℡.example", "a letter that stands for three")]
    public void A_host_whose_ascii_form_is_not_certain_is_refused_and_punycode_advised(string host, string kind)
    {
        Assert.NotNull(kind);
        AssertRefused($"https://{host}/", _strict, "punycode");
    }

    [Fact]
    public void A_host_that_is_too_long_is_refused_with_that_reason()
    {
        AssertRefused($"https://{new string('a', 64)}.example/", _strict, "has 64 characters in its ASCII form, and may have 63");
        AssertRefused($"https://{new string('ü', 64)}.example/", _strict, "characters in its ASCII form, and may have 63");
        AssertRefused($"https://{string.Concat(Enumerable.Repeat("abcdefg.", 32))}example/", _strict, "a host name may have 253");
        Assert.Null(WebhookUrl.Problem($"https://{new string('a', 63)}.example/", _strict));
    }

    [Fact]
    public void Whatever_host_is_taken_is_the_one_that_browsers_resolve()
    {
        // Each character by itself, and characters of all kinds beside each other.
        const string Letters = "aZ1-_.üÜßςΣЖא1ב5مثא٣हिन्दीที่例。·́̈\u200D\u200CｅＡ①ﬁ가ᄀ☃😀";
        var runes = Letters.EnumerateRunes().Select(rune => rune.ToString()).ToArray();
        var random = new Random(20261126);
        var hosts = Enumerable.Range(0x80, 0x20000).Where(Rune.IsValid).Select(value => $"a{new Rune(value)}b.example")
            .Concat(Enumerable.Range(0x80, 0x20000).Where(Rune.IsValid).Select(value => $"{new Rune(value)}.example"))
            .Concat(Enumerable.Range(0, 50_000).Select(_ =>
                string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => runes[random.Next(runes.Length)])) + ".example"));
        var taken = hosts
            .Where(host => !Ascii.IsValid(host))
            .Select(host => (Host: host, Ascii: InternationalHost.TryToAscii(host, out var ascii) ? ascii : null))
            .Where(pair => pair.Ascii is not null)
            .ToList();
        Assert.True(taken.Count > 100_000, $"{taken.Count}");

        var resolved = Browser.HostsOf(taken.Select(pair => pair.Host));

        // An older browser may refuse what it does not know yet, but must not go elsewhere.
        var elsewhere = taken.Zip(resolved).Where(pair =>
            pair.Second != "" && !pair.Second.Equals(pair.First.Ascii, StringComparison.OrdinalIgnoreCase));
        Assert.Empty(elsewhere.Select(pair => $"{pair.First.Host}: {pair.First.Ascii}, but {pair.Second}").Take(10));
        Assert.True(resolved.Count(host => host == "") < taken.Count / 100, "Browsers refuse what is taken.");
    }

    [Theory]
    [InlineData("https://example.com/%41%7E?%41=%7e", null)]
    [InlineData("https://example.com/a/%2e%2e/b/../c/./d//e", null)]
    [InlineData("https://example.com/a?b[]=c&d=%zz", null)]
    [InlineData("https://example.com", null)]
    [InlineData("https://example.com?x=1", null)]
    [InlineData("HTTPS://EXAMPLE.com:443/", null)]
    [InlineData("https://example.com/füße?q=ü", "https://example.com/f%C3%BC%C3%9Fe?q=%C3%BC")]
    [InlineData("https://example.com/{a}|\"<>^`", "https://example.com/%7Ba%7D%7C%22%3C%3E%5E%60")]
    [InlineData("https://example.com/😀", "https://example.com/%F0%9F%98%80")]
    public void A_url_is_stored_as_it_was_set_but_for_what_may_not_stand_in_a_request(string url, string? expected)
    {
        Assert.Null(WebhookUrl.Problem(url, _strict, out var stored));
        Assert.Equal(expected ?? url, stored);
        Assert.Null(WebhookUrl.Problem(stored, _strict, out var again));
        Assert.Equal(stored, again);
    }

    [Fact]
    public void A_url_that_is_too_long_when_it_is_encoded_is_refused()
    {
        var options = new WebhooksOptions { Limits = new WebhooksLimits { UrlLength = 40 } };

        AssertRefused("https://example.com/" + new string('ü', 10), options, "80 characters when it is encoded");
    }

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
            if (WebhookUrl.Problem(start + rest, _local, out var stored) is null)
            {
                Assert.True(Ascii.IsValid(stored));
                Assert.True(WebhookUrl.TryRead(stored, _local, out var uri, out _));
                Assert.StartsWith("/", uri.PathAndQuery);
                Assert.EndsWith(uri.PathAndQuery[1..], stored, StringComparison.Ordinal);
            }
        });

    private static void AssertRefused(string url, WebhooksOptions options, string reason) =>
        Assert.Contains(reason, WebhookUrl.Problem(url, options), StringComparison.Ordinal);
}
