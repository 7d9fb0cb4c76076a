using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using Webhooks.Core.Alerts;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Events;
using Webhooks.Core.Postgres;
using Webhooks.Core.Statistics;

namespace Webhooks.Core;

/// <summary>The settings that both hosts read from configuration section <c>Webhooks</c> (environment: <c>Webhooks__Name</c>).</summary>
public sealed class WebhooksOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Webhooks";

    private static readonly TimeSpan _disableAfter = TimeSpan.FromDays(5);

    // Less would forget deliveries whose event may be published again.
    private static readonly TimeSpan _shortestDeliveryRetention = TimeSpan.FromDays(14);

    // No younger entry is deleted by the database.
    private static readonly TimeSpan _shortestAuditRetention = TimeSpan.FromDays(30);

    /// <summary>The waits between attempts, as in <c>00:01:00,00:05:00</c> (hh:mm:ss); empty means a single attempt.</summary>
    public RetrySchedule RetryDelays { get; init; } = RetrySchedule.Default;

    /// <summary>The time that one attempt may take: connecting, sending and reading the answer together. 1 s to 5 min.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Networks (CIDR) that webhooks may be sent to although they are private, loopback or otherwise special. The addresses at which clouds
    /// serve credentials to their machines stay refused, unless one is named by itself (/32 or /128).
    /// </summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>Whether a webhook's URL must be https.</summary>
    public bool RequireHttps { get; init; } = true;

    /// <summary>
    /// The time for which deliveries are kept, as in <c>90.00:00:00</c> (days first). 14 days to 10 years; whole weeks are dropped at once.
    /// </summary>
    public TimeSpan DeliveryRetention { get; init; } = TimeSpan.FromDays(90);

    /// <summary>The time for which audit entries are kept, as in <c>365.00:00:00</c> (days first). 30 days to 10 years.</summary>
    public TimeSpan AuditRetention { get; init; } = TimeSpan.FromDays(365);

    /// <summary>
    /// The time for which payloads and answers are kept, when that is shorter, as in <c>7.00:00:00</c> (days first): then they are erased
    /// from deliveries that are not pending any more. At least an hour; null, which is <c>00:00:00</c>, for as long as their deliveries.
    /// </summary>
    public TimeSpan? PayloadRetention { get; init; }

    /// <summary>
    /// The longest time over which a webhook may have its deliveries tried again: an event's id may be a week older than the event, and a
    /// pending delivery keeps its whole week from being dropped, everybody's.
    /// </summary>
    public TimeSpan LongestRetrying => DeliveryRetention - EventIdentity.OldestOwnId;

    /// <summary>
    /// How long a receiver may fail without a success between before its webhook is disabled, as in <c>5.00:00:00</c> (days first). Up to a
    /// year; null, which is <c>00:00:00</c>, for ever.
    /// </summary>
    public TimeSpan? DisableAfter { get; init; } = _disableAfter;

    /// <summary>
    /// After how many faults of a receiver in a row nothing is sent to it for a while. 1 to 1,000; null, which is 0, after none.
    /// </summary>
    public int? CircuitOpensAfter { get; init; } = 10;

    /// <summary>The pause when the circuit opens; each time that the receiver does not answer then, it doubles.</summary>
    internal TimeSpan FirstCircuitPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest of these pauses. Each is up to a quarter longer, at random.</summary>
    internal TimeSpan LongestCircuitPause { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Whether a pooler between this process and the database lends sessions for a transaction each.</summary>
    public DatabasePooling DatabasePooling { get; init; }

    /// <summary>How long counts are kept.</summary>
    public StatisticsOptions Statistics { get; init; } = new();

    /// <summary>When an organization is told that its attempts fail.</summary>
    public AlertOptions Alerts { get; init; } = new();

    /// <summary>Bounds on what callers may store.</summary>
    public WebhooksLimits Limits { get; init; } = new();

    /// <summary>Reads and checks the section.</summary>
    /// <exception cref="InvalidSettingException">A setting has no usable value; the message names it.</exception>
    public static WebhooksOptions From(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var options = new WebhooksOptions
        {
            RetryDelays = Read(section, nameof(RetryDelays), ParseRetryDelays, RetrySchedule.Default),
            AttemptTimeout = Read(section, nameof(AttemptTimeout), ParseAttemptTimeout, TimeSpan.FromSeconds(30)),
            AllowedNetworks = Read(section, nameof(AllowedNetworks), ParseNetworks, []),
            RequireHttps = Read(section, nameof(RequireHttps), ParseBoolean, true),
            DeliveryRetention = Read(section, nameof(DeliveryRetention), RetentionFrom(_shortestDeliveryRetention), TimeSpan.FromDays(90)),
            AuditRetention = Read(section, nameof(AuditRetention), RetentionFrom(_shortestAuditRetention), TimeSpan.FromDays(365)),
            PayloadRetention = Read(section, nameof(PayloadRetention), ParsePayloadRetention, null),
            DisableAfter = Read(section, nameof(DisableAfter), ParseDisableAfter, _disableAfter),
            CircuitOpensAfter = Read(section, nameof(CircuitOpensAfter), ParseOpensAfter, 10),
            DatabasePooling = Read(section.GetSection("Database"), "Pooling", ParsePooling, DatabasePooling.Session),
            Statistics = StatisticsOptions.From(section.GetSection(nameof(Statistics))),
            Alerts = AlertOptions.From(section.GetSection(nameof(Alerts))),
            Limits = WebhooksLimits.From(section.GetSection(nameof(Limits))),
        };
        return options.RetryDelays.Total <= options.LongestRetrying
            ? options
            : throw new InvalidSettingException(
                $"{section.Path}:{nameof(RetryDelays)}",
                section[nameof(RetryDelays)]!,
                $"The waits add up to {Text(options.RetryDelays.Total)}; they may add up to {Text(options.LongestRetrying)} (days first), "
                + $"because deliveries are kept for {Text(options.DeliveryRetention)} ({nameof(DeliveryRetention)}), and the last attempt "
                + "has to come a week before that.");
    }

    /// <summary>Reads one setting of a section.</summary>
    /// <param name="section">The section that holds it.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="parse">Gives its value; throws <see cref="FormatException"/> whose message says what a valid value looks like.</param>
    /// <param name="byDefault">Its value when it is not set.</param>
    /// <exception cref="InvalidSettingException">The text is not valid.</exception>
    public static T Read<T>(IConfigurationSection section, string name, Func<string, T> parse, T byDefault)
    {
        if (section[name] is not { } text)
        {
            return byDefault;
        }

        try
        {
            return parse(text.Trim());
        }
        catch (FormatException invalid)
        {
            throw new InvalidSettingException($"{section.Path}:{name}", text, invalid.Message);
        }
    }

    /// <summary>A duration as hh:mm:ss, or with days as d.hh:mm:ss.</summary>
    /// <exception cref="FormatException">It is not one, or is negative.</exception>
    public static TimeSpan ParseDuration(string text) =>
        TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) && duration >= TimeSpan.Zero
            ? duration
            : throw new FormatException($"'{text}' is not a duration. Write hh:mm:ss, for example 00:00:30.");

    /// <summary>A boolean: true or false.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static bool ParseBoolean(string text) =>
        bool.TryParse(text, out var value) ? value : throw new FormatException("Write true or false.");

    /// <summary>A parser of whole numbers within bounds.</summary>
    /// <exception cref="FormatException">It is not one, or is out of bounds.</exception>
    public static Func<string, int> WholeNumber(int least, int most) => text =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new FormatException($"Write a whole number from {least} to {most}.");

    /// <summary>Networks in CIDR notation, separated by commas.</summary>
    /// <exception cref="FormatException">One of them is none.</exception>
    public static IReadOnlyList<IPNetwork> ParseNetworks(string text) =>
        [.. Items(text).Select(item => IPNetwork.TryParse(item, out var network)
            ? network
            : throw new FormatException($"'{item}' is not a network. Write CIDR, for example 10.0.0.0/8."))];

    private static DatabasePooling ParsePooling(string text) => text.ToUpperInvariant() switch
    {
        "SESSION" => DatabasePooling.Session,
        "TRANSACTION" => DatabasePooling.Transaction,
        _ => throw new FormatException(
            "Write session (PostgreSQL itself, or a pooler in session mode) or transaction (a pooler in transaction mode)."),
    };

    private static RetrySchedule ParseRetryDelays(string text) =>
        new(Items(text).Select(ParseDuration));

    private static TimeSpan ParseAttemptTimeout(string text) =>
        ParseDuration(text) is var timeout && timeout >= TimeSpan.FromSeconds(1) && timeout <= TimeSpan.FromMinutes(5)
            ? timeout
            : throw new FormatException("It must be from 00:00:01 to 00:05:00.");

    private static Func<string, TimeSpan> RetentionFrom(TimeSpan shortest) => text =>
        ParseDuration(text) is var retention && retention >= shortest && retention <= TimeSpan.FromDays(3650)
            ? retention
            : throw new FormatException($"It must be from {Text(shortest)} to 3650.00:00:00 (days first).");

    private static TimeSpan? ParsePayloadRetention(string text) => ParseDuration(text) switch
    {
        var always when always == TimeSpan.Zero => null,
        var time when time >= TimeSpan.FromHours(1) && time <= TimeSpan.FromDays(3650) => time,
        _ => throw new FormatException(
            "It must be 00:00:00 (as long as deliveries) or from 01:00:00 to 3650.00:00:00 (days first)."),
    };

    private static int? ParseOpensAfter(string text) => WholeNumber(0, 1000)(text) is var faults and > 0 ? faults : null;

    private static TimeSpan? ParseDisableAfter(string text) => ParseDuration(text) switch
    {
        var never when never == TimeSpan.Zero => null,
        var time when time >= TimeSpan.FromSeconds(1) && time <= TimeSpan.FromDays(366) => time,
        _ => throw new FormatException("It must be 00:00:00 (never) or from 00:00:01 to 366.00:00:00 (days first)."),
    };

    private static string Text(TimeSpan duration) => duration.ToString("d\\.hh\\:mm\\:ss", CultureInfo.InvariantCulture);

    private static string[] Items(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
