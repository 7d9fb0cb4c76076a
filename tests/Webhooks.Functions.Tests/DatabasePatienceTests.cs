using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Webhooks.Core.Postgres;

namespace Webhooks.Functions.Tests;

public sealed class DatabasePatienceTests
{
    private readonly FakeTimeProvider _clock = new() { AutoAdvanceAmount = TimeSpan.Zero };

    [Fact]
    public async Task Work_that_fails_while_the_database_is_away_is_repeated_until_it_is_back()
    {
        var calls = 0;

        var result = await RunAsync(() => ++calls < 4 ? throw Away() : 17);

        Assert.Equal(17, result);
        Assert.Equal(4, calls);
    }

    [Fact]
    public async Task Patience_ends_before_the_lease_of_an_attempt_that_waits_to_be_recorded_does()
    {
        var started = _clock.GetUtcNow();
        var calls = 0;

        await Assert.ThrowsAsync<NpgsqlException>(() => RunAsync(() =>
        {
            calls++;
            throw Away();
        }));

        Assert.InRange(calls, 5, 20);
        Assert.InRange(_clock.GetUtcNow() - started, TimeSpan.FromSeconds(20), Functions.Deliveries.AttemptDelivery.LeaseMargin);
    }

    [Fact]
    public async Task What_is_not_the_databases_absence_is_not_repeated()
    {
        var calls = 0;

        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(() =>
        {
            calls++;
            throw new InvalidOperationException("A mistake.");
        }));

        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task An_instance_that_is_being_stopped_does_not_wait_for_the_database()
    {
        using var stop = new CancellationTokenSource();
        var patience = NewPatience();
        var waiting = patience.RunAsync(() => Task.FromException<int>(Away()), stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private DatabasePatience NewPatience() => new(
        new DatabaseSessions(NpgsqlDataSource.Create("Host=127.0.0.1;Port=1"), _clock), _clock, NullLogger<DatabasePatience>.Instance);

    private static NpgsqlException Away() => new("The connection was lost.", new IOException());

    /// <summary>Runs work under a clock that moves on whenever somebody waits.</summary>
    private async Task<int> RunAsync(Func<int> work)
    {
        var run = NewPatience()
            .RunAsync(() => Task.FromResult(work()), TestContext.Current.CancellationToken);
        while (!run.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }

        return await run;
    }
}
