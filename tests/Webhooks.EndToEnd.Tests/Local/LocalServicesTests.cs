using System.Globalization;
using Npgsql;
using Webhooks.Server.Local;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests.Local;

/// <summary>The local services start from whatever state they were left in, and never outlive the process that started them.</summary>
public sealed class LocalServicesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string PidFile => Path.Combine(_directory.Path, "postgres", "data", "postmaster.pid");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_was_stored_is_there_after_a_stop_and_a_start_at_the_same_port()
    {
        string before;
        await using (var first = await StartAsync())
        {
            before = first.PostgresConnectionString;
            await ExecuteAsync(before, "CREATE TABLE kept AS SELECT 1 AS id");
        }

        await using var second = await StartAsync();

        Assert.Equal(before, second.PostgresConnectionString);
        await ExecuteAsync(before, "SELECT id FROM kept");
    }

    [Fact]
    public async Task Without_the_password_PostgreSQL_lets_nobody_in()
    {
        await using var services = await StartAsync();

        var guess = new NpgsqlConnectionStringBuilder(services.PostgresConnectionString) { Password = "guess", Pooling = false };

        var refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(guess.ConnectionString, "SELECT 1"));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
    }

    [Fact]
    public async Task When_the_supervisor_is_killed_the_next_start_works_on_the_same_data()
    {
        var first = await StartAsync(queue: true);
        await ExecuteAsync(first.PostgresConnectionString, "CREATE TABLE kept AS SELECT 1 AS id");
        ProcessTable.Kill(ProcessTable.FindOne(_directory.Path, "services.mjs"));
        Assert.Contains("ended unexpectedly", await first.Failed, StringComparison.Ordinal);

        await using var second = await StartAsync(queue: true);

        await ExecuteAsync(second.PostgresConnectionString, "SELECT id FROM kept");
        await first.DisposeAsync();
    }

    [Fact]
    public async Task When_PostgreSQL_is_killed_that_is_said_and_the_next_start_works_on_the_same_data()
    {
        await using (var first = await StartAsync())
        {
            await ExecuteAsync(first.PostgresConnectionString, "CREATE TABLE kept AS SELECT 1 AS id");
            ProcessTable.Kill(ProcessTable.FindOne(_directory.Path, "/bin/postgres"));

            Assert.StartsWith("PostgreSQL ended by itself (signal SIGKILL). Its log: ", await first.Failed, StringComparison.Ordinal);
        }

        await using var second = await StartAsync();
        await ExecuteAsync(second.PostgresConnectionString, "SELECT id FROM kept");
    }

    [Fact]
    public async Task A_pid_file_left_behind_whose_number_another_program_has_now_does_not_hinder_the_start()
    {
        await using (await StartAsync())
        {
        }

        await File.WriteAllLinesAsync(
            PidFile, [Environment.ProcessId.ToString(CultureInfo.InvariantCulture), "", "", "", "", "", "", ""], Cancel);

        await using var services = await StartAsync();

        await ExecuteAsync(services.PostgresConnectionString, "SELECT 1");
    }

    [Fact]
    public async Task An_empty_pid_file_of_a_server_that_was_killed_while_it_made_it_does_not_hinder_the_start()
    {
        await using (await StartAsync())
        {
        }

        await File.WriteAllTextAsync(PidFile, "", Cancel);

        await using var services = await StartAsync();

        await ExecuteAsync(services.PostgresConnectionString, "SELECT 1");
    }

    [Fact]
    public async Task A_database_that_was_half_made_is_made_again()
    {
        var unfinished = Directory.CreateDirectory(Path.Combine(_directory.Path, "postgres", "data.new", "base"));
        await File.WriteAllTextAsync(Path.Combine(unfinished.Parent!.FullName, "PG_VERSION"), "17\n", Cancel);

        await using var services = await StartAsync();

        await ExecuteAsync(services.PostgresConnectionString, "SELECT 1");
    }

    [Fact]
    public async Task A_second_run_on_the_same_data_is_told_about_the_first()
    {
        await using var first = await StartAsync();

        var refused = await Assert.ThrowsAsync<LocalServicesException>(() => StartAsync());

        Assert.StartsWith($"{_directory.Path} is in use by another run", refused.Message, StringComparison.Ordinal);
        await ExecuteAsync(first.PostgresConnectionString, "SELECT 1");
    }

    [Fact]
    public async Task A_run_that_begins_while_another_is_stopping_waits_for_its_end()
    {
        var first = await StartAsync(queue: true);
        var stopping = first.DisposeAsync();

        await using var second = await StartAsync(queue: true);

        await stopping;
        await ExecuteAsync(second.PostgresConnectionString, "SELECT 1");
    }

    [Fact]
    public async Task Stopped_in_the_middle_of_a_start_nothing_stays_behind()
    {
        using var stop = new CancellationTokenSource();
        var options = new LocalServicesOptions(_directory.Path) { Postgres = true, Queue = true };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => LocalServices.StartAsync(options, progress => stop.CancelAfter(TimeSpan.FromMilliseconds(300)), stop.Token));

        Assert.Empty(ProcessTable.FindMentioning(_directory.Path));
    }

    private Task<LocalServices> StartAsync(bool queue = false) => LocalServices.StartAsync(
        new LocalServicesOptions(_directory.Path) { Postgres = true, Queue = queue, Durable = false }, progress: _ => { }, Cancel);

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
