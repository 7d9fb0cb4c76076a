using Npgsql;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>The server behind PgBouncer: it migrates, publishes, delivers, tries again and shows the history.</summary>
public sealed class PoolerTests
{
    private const int Events = 200;
    private const int AtOnce = 16;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("session", 60)]
    [InlineData("transaction", 4)]
    public async Task Behind_PgBouncer_everything_works_as_on_PostgreSQL_itself(string mode, int sessions)
    {
        Assert.SkipUnless(PgBouncer.IsInstalled, PgBouncer.Missing);
        await using var receiver = await Receiver.StartAsync(request => request.Header("X-Webhook-Attempt") == "1" ? 404 : 204);
        var postgres = await PostgresServer.StartAsync();
        await using var pooler = await PgBouncer.StartAsync(postgres.ConnectionString, mode, sessions);
        await using var installation = Installation.On(postgres, new Dictionary<string, string>
        {
            ["ConnectionStrings__Webhooks"] = pooler.ConnectionString,
            ["Webhooks__Database__Pooling"] = mode,
            ["Webhooks__RetryDelays"] = "00:00:00.2,00:00:00.2",
        });
        using var api = installation.Api(await installation.StartServerAsync());
        var webhook = await api.RegisterAsync($"{receiver.Url}/hook", "*");

        await Parallel.ForAsync(
            0,
            Events,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancel },
            async (number, cancel) => await api.PublishAsync(number, cancel));

        await receiver.WaitForAsync(2 * Events);
        await api.WaitForHistoryAsync(
            webhook.Id,
            history => history.Count == 100 && history.All(delivery => delivery["status"]!.GetValue<string>() == "succeeded"),
            Cancel);
        Assert.DoesNotContain("the database fails", string.Join('\n', installation.Logs), StringComparison.Ordinal);
        Assert.Equal("off", await JitOfNewSessionsAsync(postgres));
    }

    /// <summary>What a session begins with that a pooler opens by itself.</summary>
    private static async Task<string> JitOfNewSessionsAsync(PostgresServer postgres)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand("SHOW jit", connection);
        return (string)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
