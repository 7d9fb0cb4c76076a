using Microsoft.Extensions.Configuration;
using Webhooks.Core;

namespace Webhooks.Functions.Maintenance;

/// <summary>When <see cref="MaintenanceFunction"/> steps in (<c>Webhooks__Maintenance__Name</c>).</summary>
public sealed class MaintenanceOptions
{
    /// <summary>The configuration section within <see cref="WebhooksOptions.Section"/>.</summary>
    public const string Section = "Maintenance";

    /// <summary>How long a delivery must have been due before it counts as stranded. At least 1 min.</summary>
    public TimeSpan StrandedAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long finished orchestrations are kept for the monitor. 1 to 90 days; the deliveries themselves stay in the database.
    /// </summary>
    public TimeSpan OrchestrationRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Reads and checks the section.</summary>
    /// <exception cref="InvalidSettingException">A setting has no usable value; the message names it.</exception>
    public static MaintenanceOptions From(IConfiguration configuration)
    {
        var section = configuration.GetSection(WebhooksOptions.Section).GetSection(Section);
        var defaults = new MaintenanceOptions();
        return new MaintenanceOptions
        {
            StrandedAfter = WebhooksOptions.Read(
                section, nameof(StrandedAfter), Between(TimeSpan.FromMinutes(1), TimeSpan.FromDays(1)), defaults.StrandedAfter),
            OrchestrationRetention = WebhooksOptions.Read(
                section,
                nameof(OrchestrationRetention),
                Between(TimeSpan.FromDays(1), TimeSpan.FromDays(90)),
                defaults.OrchestrationRetention),
        };
    }

    private static Func<string, TimeSpan> Between(TimeSpan least, TimeSpan most) => text =>
        WebhooksOptions.ParseDuration(text) is var duration && duration >= least && duration <= most
            ? duration
            : throw new FormatException($"It must be from {least:c} to {most:c}.");
}
