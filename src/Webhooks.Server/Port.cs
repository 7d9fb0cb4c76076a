using Webhooks.Core;

namespace Webhooks.Server;

/// <summary>A port from a setting with a short name, such as <c>PORT</c>.</summary>
internal static class Port
{
    /// <summary>The port, 0 (any free one) to 65535.</summary>
    /// <exception cref="InvalidSettingException">The setting is something else.</exception>
    public static int Read(IConfiguration configuration, string name, int byDefault)
    {
        if (configuration[name] is not { Length: > 0 } text)
        {
            return byDefault;
        }

        try
        {
            return WebhooksOptions.WholeNumber(0, 65535)(text);
        }
        catch (FormatException invalid)
        {
            throw new InvalidSettingException(name, text, invalid.Message);
        }
    }
}
