using Hangfire;
using Hangfire.PostgreSql;

namespace Peers;

/// <summary>Hangfire's store, set up for throughput.</summary>
internal static class HangfireStorage
{
    // Long polling is left off: it wakes every idle worker for each job, and measured slower.
    private const string Tuning = "Max Auto Prepare=100;Auto Prepare Min Usages=2;No Reset On Close=true";

    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(50);

    public static void Use(string connectionString, int connections) => GlobalConfiguration.Configuration
        .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
        .UseSimpleAssemblyNameTypeSerializer()
        .UseRecommendedSerializerSettings()
        .UsePostgreSqlStorage(
            storage => storage.UseNpgsqlConnection($"{connectionString};{Tuning};Maximum Pool Size={connections}"),
            new PostgreSqlStorageOptions { QueuePollInterval = _pollInterval });
}
