using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Webhooks.Core.Alerts;

/// <summary>When an organization's attempts fail too often (<c>Webhooks__Alerts__Name</c>).</summary>
public sealed class AlertOptions
{
    /// <summary>
    /// The share of failed attempts at which an alert is triggered, up to 1. It is resolved below half of it. 0 for no alerts.
    /// </summary>
    public double FailureRate { get; init; } = 0.5;

    /// <summary>How many attempts there must be in the window. 1 to 1,000,000.</summary>
    public int LeastAttempts { get; init; } = 20;

    /// <summary>The time that is looked at, in whole minutes and the one that has begun. 1 min to 1 h.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(5);

    internal static AlertOptions From(IConfigurationSection section)
    {
        var defaults = new AlertOptions();
        return new AlertOptions
        {
            FailureRate = WebhooksOptions.Read(section, nameof(FailureRate), ParseRate, defaults.FailureRate),
            LeastAttempts = WebhooksOptions.Read(
                section, nameof(LeastAttempts), WebhooksOptions.WholeNumber(1, 1_000_000), defaults.LeastAttempts),
            Window = WebhooksOptions.Read(section, nameof(Window), ParseWindow, defaults.Window),
        };
    }

    private static double ParseRate(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) && rate is >= 0 and <= 1
            ? rate
            : throw new FormatException("It must be from 0 (no alerts) to 1, for example 0.5.");

    private static TimeSpan ParseWindow(string text) =>
        WebhooksOptions.ParseDuration(text) is var window && window >= TimeSpan.FromMinutes(1) && window <= TimeSpan.FromHours(1)
            ? window
            : throw new FormatException("It must be from 00:01:00 to 01:00:00.");
}
