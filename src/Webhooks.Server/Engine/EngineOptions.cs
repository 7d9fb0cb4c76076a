using Webhooks.Core;

namespace Webhooks.Server.Engine;

/// <summary>How much the delivery engine does at once (<c>Webhooks__Engine__Name</c>).</summary>
public sealed class EngineOptions
{
    /// <summary>The configuration section within <see cref="WebhooksOptions.Section"/>.</summary>
    public const string Section = "Engine";

    /// <summary>Attempts under way at once. 1 to 10,000.</summary>
    public int MaxInFlight { get; init; } = 512;

    /// <summary>
    /// Attempts under way at once to one webhook. 1 to 10,000; it gets there step by step, see <see cref="CongestionWindow"/>.
    /// </summary>
    public int MaxInFlightPerWebhook { get; init; } = 128;

    /// <summary>How long a stopping engine lets attempts finish before it aborts them. Up to 10 min.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest that due work waits when no notification arrives.</summary>
    internal TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// An answer that takes this long is slow, and so is a webhook that has attempts under way and finishes none for this long.
    /// </summary>
    internal TimeSpan SlowAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How much longer than an attempt a lease is: time to wait in a lane, and to be recorded although the database was away.
    /// </summary>
    internal TimeSpan LeaseMargin { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The part of <see cref="LeaseMargin"/> that must be left when an attempt starts.</summary>
    internal TimeSpan RecordingReserve { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The shortest time that parked work stays out of the way.</summary>
    internal TimeSpan ParkLeast { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest time that parked work stays out of the way.</summary>
    internal TimeSpan ParkMost { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a webhook rests whose secret cannot be decrypted.</summary>
    internal TimeSpan RestWithoutSecret { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a webhook rests whose transform did not get its turn.</summary>
    internal TimeSpan RestWithoutTransform { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the last results may take to be recorded once every attempt has ended.</summary>
    internal TimeSpan FinishTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Claimed deliveries of the backlog that wait in lanes, and as many again of those that are stored now. This, not the backlog, is what
    /// the engine holds in memory.
    /// </summary>
    internal int MaxQueued => 4 * MaxInFlight;

    /// <summary>The same, with as many attempts at once at most.</summary>
    internal EngineOptions Within(int attempts) => new()
    {
        MaxInFlight = Math.Min(MaxInFlight, attempts),
        MaxInFlightPerWebhook = Math.Min(MaxInFlightPerWebhook, attempts),
        DrainTimeout = DrainTimeout,
    };

    /// <summary>For how long a delivery is claimed.</summary>
    internal TimeSpan LeaseFor(TimeSpan attemptTimeout) => attemptTimeout + LeaseMargin;

    /// <summary>Reads and checks the section.</summary>
    /// <exception cref="InvalidSettingException">A setting has no usable value; the message names it.</exception>
    public static EngineOptions From(IConfiguration configuration)
    {
        var section = configuration.GetSection(WebhooksOptions.Section).GetSection(Section);
        var defaults = new EngineOptions();
        var inFlight = WebhooksOptions.WholeNumber(1, 10_000);
        return new EngineOptions
        {
            MaxInFlight = WebhooksOptions.Read(section, nameof(MaxInFlight), inFlight, defaults.MaxInFlight),
            MaxInFlightPerWebhook = WebhooksOptions.Read(section, nameof(MaxInFlightPerWebhook), inFlight, defaults.MaxInFlightPerWebhook),
            DrainTimeout = WebhooksOptions.Read(section, nameof(DrainTimeout), ParseDrainTimeout, defaults.DrainTimeout),
        };
    }

    private static TimeSpan ParseDrainTimeout(string text) =>
        WebhooksOptions.ParseDuration(text) is var timeout && timeout <= TimeSpan.FromMinutes(10)
            ? timeout
            : throw new FormatException("It must be from 00:00:00 to 00:10:00.");
}
