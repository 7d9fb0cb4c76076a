using Microsoft.Extensions.Configuration;
using Webhooks.Core;
using Webhooks.Server.Commands;
using Webhooks.Server.Telemetry;
using Webhooks.Testing;

namespace Webhooks.Server.Tests;

public sealed class MetricsUrlTests
{
    [Fact]
    public void Without_the_setting_no_metrics_are_served() => Assert.Null(MetricsUrl.From(new ConfigurationBuilder().Build()));

    [Theory]
    [InlineData("http://127.0.0.1:9464", "http://127.0.0.1:9464")]
    [InlineData("http://0.0.0.0:9464/", "http://0.0.0.0:9464")]
    [InlineData("http://[::1]:9464", "http://[::1]:9464")]
    public void A_url_with_a_port_is_taken(string text, string expected) => Assert.Equal(expected, From(text)!.Value);

    [Theory]
    [InlineData("9464")]
    [InlineData("127.0.0.1:9464")]
    [InlineData("https://127.0.0.1:9464")]
    [InlineData("http://127.0.0.1:9464/metrics")]
    [InlineData("http://user@127.0.0.1:9464")]
    [InlineData("")]
    public void What_is_no_such_url_is_refused_by_the_settings_name(string text) =>
        Assert.Contains("Webhooks__MetricsUrl", Assert.Throws<InvalidSettingException>(() => From(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("http://127.0.0.1:8084", "http://localhost:8084")]
    [InlineData("http://0.0.0.0:8085", "http://localhost:8084;http://127.0.0.1:8085")]
    public void The_apis_own_port_is_refused(string metrics, string api) =>
        Assert.Contains(
            "a port of their own",
            Assert.Throws<InvalidSettingException>(() => From(metrics)!.RequireFree(api)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_port_that_is_taken_is_told_before_anything_starts()
    {
        using var taken = new SilentPort();

        Assert.Throws<CannotListenException>(() => From($"http://127.0.0.1:{taken.Number}")!.RequireFree("http://localhost:0"));
    }

    private static MetricsUrl? From(string text) => MetricsUrl.From(new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?> { ["Webhooks:MetricsUrl"] = text })
        .Build());
}
