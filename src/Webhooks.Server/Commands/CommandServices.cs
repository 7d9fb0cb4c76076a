using Webhooks.Core;
using Webhooks.Core.Postgres;

namespace Webhooks.Server.Commands;

/// <summary>Core and its database, for commands that run without a host.</summary>
internal static class CommandServices
{
    /// <summary>The services, by the settings given.</summary>
    /// <exception cref="InvalidSettingException">A setting has no usable value.</exception>
    public static IServiceCollection From(IConfiguration configuration) => new ServiceCollection()
        .AddLogging()
        .AddWebhooksCore(WebhooksOptions.From(configuration))
        .AddSingleton(_ => DatabaseConnection.Configure(configuration));
}
