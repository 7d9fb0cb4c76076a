using System.Net;
using Microsoft.Extensions.Configuration;
using Webhooks.Core.Deliveries;

namespace Webhooks.Core.Tests;

public sealed class WebhooksOptionsTests
{
    [Fact]
    public void Without_settings_the_documented_defaults_hold()
    {
        var options = Read();

        Assert.Equal(RetrySchedule.Default.Delays, options.RetryDelays.Delays);
        Assert.Equal(TimeSpan.FromSeconds(30), options.AttemptTimeout);
        Assert.Empty(options.AllowedNetworks);
        Assert.True(options.RequireHttps);
        Assert.Equal(TimeSpan.FromDays(90), options.DeliveryRetention);
        Assert.Equal(TimeSpan.FromDays(365), options.AuditRetention);
        Assert.Null(options.PayloadRetention);
        Assert.Equal(TimeSpan.FromDays(400), options.Statistics.Retention);
        Assert.Equal((0.5, 20), (options.Alerts.FailureRate, options.Alerts.LeastAttempts));
        Assert.Equal(TimeSpan.FromMinutes(5), options.Alerts.Window);
        Assert.Equal(2048, options.Limits.UrlLength);
        Assert.Equal(256 * 1024, options.Limits.EventBytes);
    }

    [Fact]
    public void Every_setting_is_read()
    {
        var options = Read(
            ("RetryDelays", "00:00:10, 01:00:00,1.00:00:00"),
            ("AttemptTimeout", "00:00:15"),
            ("AllowedNetworks", "10.0.0.0/8, fd00::/8"),
            ("RequireHttps", "false"),
            ("DeliveryRetention", "30.00:00:00"),
            ("AuditRetention", "31.00:00:00"),
            ("PayloadRetention", "7.00:00:00"),
            ("Statistics:Retention", "90.00:00:00"),
            ("Alerts:FailureRate", "0"),
            ("Alerts:LeastAttempts", "1"),
            ("Alerts:Window", "01:00:00"),
            ("Limits:UrlLength", "100"),
            ("Limits:EventsPerRequest", "10"));

        Assert.Equal([TimeSpan.FromSeconds(10), TimeSpan.FromHours(1), TimeSpan.FromDays(1)], options.RetryDelays.Delays);
        Assert.Equal(TimeSpan.FromSeconds(15), options.AttemptTimeout);
        Assert.Equal([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fd00::/8")], options.AllowedNetworks);
        Assert.False(options.RequireHttps);
        Assert.Equal(TimeSpan.FromDays(30), options.DeliveryRetention);
        Assert.Equal(TimeSpan.FromDays(31), options.AuditRetention);
        Assert.Equal(TimeSpan.FromDays(7), options.PayloadRetention);
        Assert.Equal(TimeSpan.FromDays(90), options.Statistics.Retention);
        Assert.Equal((0, 1), (options.Alerts.FailureRate, options.Alerts.LeastAttempts));
        Assert.Equal(TimeSpan.FromHours(1), options.Alerts.Window);
        Assert.Equal(100, options.Limits.UrlLength);
        Assert.Equal(10, options.Limits.EventsPerRequest);
    }

    [Theory]
    [InlineData("UrlLength")]
    [InlineData("EventsPerWebhook")]
    [InlineData("DescriptionLength")]
    [InlineData("WebhooksPerOrganization")]
    [InlineData("EventBytes")]
    [InlineData("EventsPerRequest")]
    [InlineData("PublishBytes")]
    [InlineData("RequestBytes")]
    [InlineData("EventKeyLength")]
    [InlineData("ResponseBytes")]
    public void Every_limit_is_read_and_checked(string limit)
    {
        var value = typeof(WebhooksLimits).GetProperty(limit)!.GetValue(Read(($"Limits:{limit}", "7")).Limits);
        Assert.Equal(7, value);

        var refused = Assert.Throws<InvalidSettingException>(() => Read(($"Limits:{limit}", "0")));
        Assert.StartsWith(
            $"Setting Webhooks__Limits__{limit} is '0'. Write a whole number from 1 to ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_retry_delays_mean_a_single_attempt() => Assert.Equal(1, Read(("RetryDelays", "")).RetryDelays.MaxAttempts);

    [Fact]
    public void Retry_delays_that_outlast_the_deliveries_are_refused()
    {
        Assert.Equal(TimeSpan.FromDays(7), Read(("RetryDelays", "7.00:00:00"), ("DeliveryRetention", "14.00:00:00")).RetryDelays.Total);

        var refused = Assert.Throws<InvalidSettingException>(
            () => Read(("RetryDelays", "4.00:00:00,3.00:00:01"), ("DeliveryRetention", "14.00:00:00")));
        Assert.Equal(
            "Setting Webhooks__RetryDelays is '4.00:00:00,3.00:00:01'. The waits add up to 7.00:00:01; they may add up to "
            + "7.00:00:00 (days first), because deliveries are kept for 14.00:00:00 (DeliveryRetention), and the last attempt "
            + "has to come a week before that.",
            refused.Message);
    }

    [Fact]
    public void An_address_with_a_prefix_length_means_its_network() =>
        Assert.Equal([IPNetwork.Parse("10.0.0.0/8")], Read(("AllowedNetworks", "10.1.2.3/8")).AllowedNetworks);

    [Theory]
    [InlineData("RetryDelays", "00:01:00,soon", "'soon' is not a duration")]
    [InlineData("RetryDelays", "-00:01:00", "hh:mm:ss")]
    [InlineData("AttemptTimeout", "abc", "hh:mm:ss")]
    [InlineData("AttemptTimeout", "00:00:00", "from 00:00:01 to 00:05:00")]
    [InlineData("AttemptTimeout", "00:05:01", "from 00:00:01 to 00:05:00")]
    [InlineData("AttemptTimeout", "30", "from 00:00:01 to 00:05:00")]
    [InlineData("AllowedNetworks", "10.0.0.1", "Write CIDR")]
    [InlineData("AllowedNetworks", "intranet", "Write CIDR")]
    [InlineData("RequireHttps", "yes", "Write true or false")]
    [InlineData("PayloadRetention", "00:30:00", "00:00:00 (as long as deliveries) or from 01:00:00")]
    [InlineData("Statistics:Retention", "30.00:00:00", "from 90.00:00:00 to 3650.00:00:00")]
    [InlineData("Alerts:FailureRate", "50", "from 0 (no alerts) to 1")]
    [InlineData("Alerts:LeastAttempts", "0", "Write a whole number from 1 to 1000000.")]
    [InlineData("Alerts:Window", "00:00:30", "from 00:01:00 to 01:00:00")]
    [InlineData("DeliveryRetention", "7.00:00:00", "from 14.00:00:00 to 3650.00:00:00")]
    [InlineData("DeliveryRetention", "4000.00:00:00", "from 14.00:00:00 to 3650.00:00:00")]
    [InlineData("AuditRetention", "29.00:00:00", "from 30.00:00:00 to 3650.00:00:00")]
    [InlineData("Limits:UrlLength", "8193", "from 1 to 8192")]
    [InlineData("Limits:EventBytes", "-1", "whole number")]
    [InlineData("Limits:EventBytes", "many", "whole number")]
    [InlineData("Limits:EventBytes", "", "whole number")]
    public void An_unusable_value_is_refused_with_the_settings_name_and_what_to_write(string name, string text, string advice)
    {
        var refused = Assert.Throws<InvalidSettingException>(() => Read((name, text)));

        var setting = "Webhooks__" + name.Replace(":", "__", StringComparison.Ordinal);
        Assert.StartsWith($"Setting {setting} is '{text}'. ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(advice, refused.Message, StringComparison.Ordinal);
    }

    private static WebhooksOptions Read(params (string Name, string Text)[] settings) => WebhooksOptions.From(
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => $"Webhooks:{setting.Name}", setting => (string?)setting.Text))
            .Build());
}
