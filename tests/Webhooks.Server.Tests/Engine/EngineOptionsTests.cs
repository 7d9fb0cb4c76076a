using Microsoft.Extensions.Configuration;
using Webhooks.Core;
using Webhooks.Server.Engine;

namespace Webhooks.Server.Tests.Engine;

public sealed class EngineOptionsTests
{
    [Fact]
    public void Without_settings_the_documented_defaults_hold()
    {
        var options = Read();

        Assert.Equal(512, options.MaxInFlight);
        Assert.Equal(128, options.MaxInFlightPerWebhook);
        Assert.Equal(TimeSpan.FromSeconds(20), options.DrainTimeout);
    }

    [Fact]
    public void Every_setting_is_read()
    {
        var options = Read(("MaxInFlight", "10"), ("MaxInFlightPerWebhook", "3"), ("DrainTimeout", "00:01:00"));

        Assert.Equal(10, options.MaxInFlight);
        Assert.Equal(3, options.MaxInFlightPerWebhook);
        Assert.Equal(TimeSpan.FromMinutes(1), options.DrainTimeout);
    }

    [Theory]
    [InlineData("MaxInFlight", "0", "from 1 to 10000")]
    [InlineData("MaxInFlight", "many", "from 1 to 10000")]
    [InlineData("MaxInFlightPerWebhook", "10001", "from 1 to 10000")]
    [InlineData("DrainTimeout", "-00:00:01", "hh:mm:ss")]
    [InlineData("DrainTimeout", "00:10:01", "from 00:00:00 to 00:10:00")]
    public void An_unusable_value_is_refused_with_the_settings_name_and_what_to_write(string name, string text, string advice)
    {
        var refused = Assert.Throws<InvalidSettingException>(() => Read((name, text)));

        Assert.StartsWith($"Setting Webhooks__Engine__{name} is '{text}'. ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(advice, refused.Message, StringComparison.Ordinal);
    }

    private static EngineOptions Read(params (string Name, string Text)[] settings) => EngineOptions.From(
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => $"Webhooks:Engine:{setting.Name}", setting => (string?)setting.Text))
            .Build());
}
