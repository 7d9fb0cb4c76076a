using Webhooks.Core;
using Webhooks.Server.Commands;

namespace Webhooks.Server.Telemetry;

/// <summary>Where Prometheus finds what the server measures (<c>Webhooks__MetricsUrl</c>).</summary>
/// <param name="Value">A URL with a port that is not the API's, and without a path.</param>
internal sealed record MetricsUrl(string Value)
{
    /// <summary>The setting's configuration path.</summary>
    private const string Setting = WebhooksOptions.Section + ":MetricsUrl";

    /// <summary>Reads and checks the setting.</summary>
    /// <returns>Null when it is not set: nothing is served then.</returns>
    /// <exception cref="InvalidSettingException">It is no such URL.</exception>
    public static MetricsUrl? From(IConfiguration configuration) => WebhooksOptions.Read(
        configuration.GetSection(WebhooksOptions.Section), nameof(MetricsUrl), text => new MetricsUrl(Check(text)), null);

    /// <summary>Finds out whether it can be listened there, beside the API.</summary>
    /// <param name="api">Where the API listens, separated by semicolons.</param>
    /// <exception cref="InvalidSettingException">It is the API's own port.</exception>
    /// <exception cref="CannotListenException">The port cannot be used.</exception>
    public void RequireFree(string api)
    {
        if (PortOf(Value) is not 0 and var port && ListenUrls.PortsOf(api).Contains(port))
        {
            throw new InvalidSettingException(
                Setting, Value, "That is the API's port. Give the metrics a port of their own, which only Prometheus can reach.");
        }

        ListenUrls.RequireFree(Value);
    }

    private static string Check(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme == Uri.UriSchemeHttp
        && url.PathAndQuery == "/"
        && url.UserInfo.Length == 0
            ? text.TrimEnd('/')
            : throw new FormatException("Write where to serve the metrics as an http URL with a port, as in http://127.0.0.1:9464.");

    private static int PortOf(string url) => ListenUrls.PortsOf(url).Single();
}
