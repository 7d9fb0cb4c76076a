using Webhooks.Server.Local;

namespace Webhooks.Testing;

/// <summary>
/// One PostgreSQL server and one storage queue for all tests. <c>./test</c> starts them for all test programs and says so in
/// the environment; a program that is started by itself starts its own when the first test needs them. They stop with it.
/// </summary>
internal static class SharedServices
{
    private const string PostgresVariable = "WEBHOOKS_TEST_POSTGRES";
    private const string QueuesVariable = "WEBHOOKS_TEST_QUEUES";

    private static readonly Lazy<Task<LocalServices>> _own = new(StartAsync);

    /// <summary>The connection string of a superuser of the PostgreSQL server.</summary>
    public static async Task<string> PostgresAsync() =>
        Environment.GetEnvironmentVariable(PostgresVariable) ?? (await _own.Value).PostgresConnectionString;

    /// <summary>The connection string of the storage queue.</summary>
    public static async Task<string> QueuesAsync() =>
        Environment.GetEnvironmentVariable(QueuesVariable) ?? (await _own.Value).QueuesConnectionString;

    private static Task<LocalServices> StartAsync() => LocalServices.StartAsync(
        new LocalServicesOptions(TemporaryDirectory.NewPath()) { Postgres = true, Queue = true, Durable = false, Temporary = true },
        progress: _ => { },
        CancellationToken.None);
}
