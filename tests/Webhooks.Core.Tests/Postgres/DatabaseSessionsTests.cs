using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Webhooks.Core.Postgres;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Postgres;

/// <summary>When sessions that were opened before the database changed make way for new ones.</summary>
public sealed class DatabaseSessionsTests : IAsyncLifetime
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _clock = new();
    private TestDatabase? _database;
    private DatabaseSessions? _sessions;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _sessions = new DatabaseSessions(_database.DataSource, _clock);
    }

    public ValueTask DisposeAsync() => _database!.DisposeAsync();

    [Fact]
    public async Task A_failure_closes_the_sessions_that_were_open_and_a_second_later_those_that_were_opened_since()
    {
        var first = await AskForSessionAsync();
        Fail();

        var second = await AskForSessionAsync();
        var settledAtOnce = _sessions!.HaveSettled;
        await SettleAsync();
        var third = await AskForSessionAsync();

        Assert.False(settledAtOnce);
        Assert.Distinct([first, second, third]);
        Assert.Equal(third, await AskForSessionAsync());
    }

    [Fact]
    public async Task What_goes_on_failing_opens_a_session_a_second_and_has_settled_a_second_after_the_last_failure()
    {
        Fail();
        var first = await AskForSessionAsync();
        Fail();
        var same = await AskForSessionAsync();

        _clock.Advance(_second);
        await ChangesAsync(first);
        var second = await AskForSessionAsync();
        var settled = _sessions!.HaveSettled;
        await SettleAsync();

        Assert.Equal(first, same);
        Assert.False(settled);
        Assert.NotEqual(second, await AskForSessionAsync());
    }

    [Fact]
    public async Task A_failure_that_has_nothing_to_do_with_the_session_changes_nothing()
    {
        var first = await AskForSessionAsync();

        _sessions!.Heed(new PostgresException("a row is there", "ERROR", "ERROR", PostgresErrorCodes.UniqueViolation));

        Assert.True(_sessions.HaveSettled);
        Assert.Equal(first, await AskForSessionAsync());
    }

    private void Fail() =>
        _sessions!.Heed(new PostgresException("it is read-only", "ERROR", "ERROR", PostgresErrorCodes.ReadOnlySqlTransaction));

    /// <summary>Lets seconds pass until the sessions have settled.</summary>
    private Task SettleAsync() => Eventually.HoldsAsync(
        () =>
        {
            _clock.Advance(_second);
            return _sessions!.HaveSettled;
        },
        () => "the sessions have not settled",
        Cancel);

    private Task ChangesAsync(int session) =>
        Eventually.HoldsAsync(async () => await AskForSessionAsync() != session, () => "the session is still open", Cancel);

    private async Task<int> AskForSessionAsync()
    {
        await using var command = _database!.DataSource.CreateCommand("SELECT pg_backend_pid()");
        return (int)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
