using System.Globalization;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Parallelization(Mode = ParallelMode.None)]

namespace Webhooks.Endurance.Tests;

/// <summary>
/// How long the tests of this program last, and what their randomness begins with. By default each takes one minute or two.
/// </summary>
/// <remarks>
/// <para>
/// Longer: <c>WEBHOOKS_ENDURANCE_MINUTES=30 artifacts/bin/Webhooks.Endurance.Tests/release/Webhooks.Endurance.Tests</c>. It is the length
/// of the constant load, of the chaos and of the hostility, each; 0.5 by default. The backlog has 100,000 deliveries for each minute, at
/// least 100,000 and at most 1,000,000, so 10 minutes are its full size. One test alone: <c>-class '*ChaosTests'</c>.
/// </para>
/// <para>
/// The chaos writes its seed; <c>WEBHOOKS_ENDURANCE_SEED</c> begins with the same one, so that the same things fail in the same order.
/// </para>
/// </remarks>
internal static class Endurance
{
    private const string MinutesVariable = "WEBHOOKS_ENDURANCE_MINUTES";
    private const string SeedVariable = "WEBHOOKS_ENDURANCE_SEED";
    private const double DefaultMinutes = 0.5;
    private const int DeliveriesPerMinute = 100_000;
    private const int FewestDeliveries = 100_000;
    private const int MostDeliveries = 1_000_000;

    /// <summary>How long what a test does to the servers goes on.</summary>
    public static TimeSpan Duration { get; } = TimeSpan.FromMinutes(Read(MinutesVariable, DefaultMinutes));

    /// <summary>The deliveries of a backlog.</summary>
    public static int Backlog { get; } = (int)Math.Clamp(DeliveriesPerMinute * Duration.TotalMinutes, FewestDeliveries, MostDeliveries);

    /// <summary>What a test's randomness begins with.</summary>
    public static int Seed { get; } = (int)Read(SeedVariable, Random.Shared.Next());

    private static double Read(string variable, double byDefault) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : byDefault;
}
