using Microsoft.Extensions.Configuration;

namespace Webhooks.Core.Statistics;

/// <summary>How long counts are kept (<c>Webhooks__Statistics__Name</c>).</summary>
public sealed class StatisticsOptions
{
    /// <summary>How long those of whole days are kept, as in <c>400.00:00:00</c> (days first). 90 days to 10 years.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(400);

    /// <summary>How long the counts of an interval are kept.</summary>
    public TimeSpan RetentionOf(StatisticsInterval interval) => interval switch
    {
        StatisticsInterval.Minute => TimeSpan.FromDays(2),
        StatisticsInterval.Hour => TimeSpan.FromDays(90),
        _ => Retention,
    };

    internal static StatisticsOptions From(IConfigurationSection section) => new()
    {
        Retention = WebhooksOptions.Read(section, nameof(Retention), ParseRetention, new StatisticsOptions().Retention),
    };

    private static TimeSpan ParseRetention(string text) =>
        WebhooksOptions.ParseDuration(text) is var retention && retention >= TimeSpan.FromDays(90) && retention <= TimeSpan.FromDays(3650)
            ? retention
            : throw new FormatException("It must be from 90.00:00:00 to 3650.00:00:00 (days first).");
}
