using Npgsql;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Tests.Postgres;

public sealed class ConflictRetryTests
{
    private int _runs;

    [Theory]
    [InlineData(PostgresErrorCodes.DeadlockDetected)]
    [InlineData(PostgresErrorCodes.SerializationFailure)]
    public async Task Work_that_lost_to_other_work_is_done_again(string sqlState) =>
        Assert.Equal(3, await RunAsync(failures: 2, sqlState));

    [Fact]
    public async Task Work_that_keeps_losing_fails()
    {
        await Assert.ThrowsAsync<PostgresException>(() => RunAsync(failures: 100, PostgresErrorCodes.DeadlockDetected));
        Assert.Equal(5, _runs);
    }

    [Fact]
    public async Task Other_failures_are_not_repeated()
    {
        await Assert.ThrowsAsync<PostgresException>(() => RunAsync(failures: 1, PostgresErrorCodes.UniqueViolation));
        Assert.Equal(1, _runs);
    }

    private Task<int> RunAsync(int failures, string sqlState) => ConflictRetry.RunAsync(
        _ => ++_runs <= failures
            ? Task.FromException<int>(new PostgresException("lost", "ERROR", "ERROR", sqlState))
            : Task.FromResult(_runs),
        TestContext.Current.CancellationToken);
}
