using System.Net;
using Microsoft.Extensions.Logging;

namespace Webhooks.Core.Sending;

/// <summary>What an operator is told of <see cref="WebhooksOptions.AllowedNetworks"/> at the start of a host.</summary>
public static partial class AllowedNetworks
{
    /// <summary>Warns of each network that holds addresses of a cloud's instance services, such as metadata: those stay refused.</summary>
    public static void WarnOfInstanceServices(WebhooksOptions options, ILogger logger)
    {
        foreach (var network in EgressPolicy.HoldingInstanceServices(options.AllowedNetworks))
        {
            LogHoldsInstanceServices(logger, network);
        }
    }

    [LoggerMessage(
        1,
        LogLevel.Warning,
        "Webhooks:AllowedNetworks names {Network}, which holds addresses where clouds serve credentials to their machines: they "
        + "stay refused. Name narrower networks; an address that webhooks must reach all the same is named by itself (/32 or /128)")]
    private static partial void LogHoldsInstanceServices(ILogger logger, IPNetwork network);
}
