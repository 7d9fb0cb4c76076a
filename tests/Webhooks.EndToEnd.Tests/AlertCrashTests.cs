using Npgsql;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>An alert is told once and its end once, wherever servers are killed while they judge and tell.</summary>
public sealed class AlertCrashTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string> _settings = new() { ["Webhooks__Alerts__LeastAttempts"] = "3" };

    private volatile int _answer;
    private Receiver _receiver = null!;
    private Installation _installation = null!;
    private NpgsqlDataSource _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _receiver = await Receiver.StartAsync(request => request.Path == "/told" ? 200 : _answer);
        _installation = await Installation.CreateAsync(_settings);
        _database = NpgsqlDataSource.Create(_installation.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _installation.DisposeAsync();
        await _database.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_alert_and_its_end_are_told_once_though_servers_are_killed_while_they_judge_and_tell(bool statementsEnd)
    {
        var server = await _installation.StartServerAsync();
        RegisteredWebhook told;
        using (var api = _installation.Api(server))
        {
            told = await api.RegisterAsync($"{_receiver.Url}/told", "alert.triggered", "alert.resolved");
            await api.RegisterAsync(
                new { url = $"{_receiver.Url}/attempted", events = new[] { "user.created" }, retry_delays = Array.Empty<int>() });
        }

        server = await KillWhileJudgingAndTellingAsync(server, attempts: 3, answer: 500, told.Id, statementsEnd);
        await WaitUntilToldAsync(times: 1);
        server = await KillWhileJudgingAndTellingAsync(server, attempts: 20, answer: 200, told.Id, statementsEnd);
        await WaitUntilToldAsync(times: 2);

        using var last = _installation.Api(server);
        Assert.Equal(["alert.resolved", "alert.triggered"], (await last.HistoryAsync(told.Id)).Select(one => (string)one["event"]!));
    }

    /// <summary>Kills a server in the statement that judges these attempts, and one in the statement that tells of it.</summary>
    /// <returns>A server that goes on.</returns>
    private async Task<ServerProcess> KillWhileJudgingAndTellingAsync(
        ServerProcess server, int attempts, int answer, Guid told, bool statementsEnd)
    {
        await using (var alerts = await HeldLock.TakeAsync(_database, "LOCK TABLE webhook_alerts IN EXCLUSIVE MODE", Cancel))
        {
            await MakeAttemptsAsync(server, attempts, answer);
            await server.KillAsync();
            await KillAsync(await _installation.StartServerAsync(), alerts, statementsEnd);
        }

        await using (var webhook = await HeldLock.TakeAsync(_database, $"SELECT FROM webhooks WHERE id = '{told}' FOR UPDATE", Cancel))
        {
            await KillAsync(await _installation.StartServerAsync(), webhook, statementsEnd);
        }

        return await _installation.StartServerAsync();
    }

    private static async Task KillAsync(ServerProcess server, HeldLock held, bool statementsEnd)
    {
        await held.WaitUntilSomebodyWaitsAsync(Cancel);
        await server.KillAsync();
        if (!statementsEnd)
        {
            await held.EndWaitingSessionsAsync(Cancel);
        }
    }

    /// <summary>Makes attempts, and waits until they can be judged.</summary>
    private async Task MakeAttemptsAsync(ServerProcess server, int count, int answer)
    {
        _answer = answer;
        var before = await CountAttemptsAsync();
        using var api = _installation.Api(server);
        for (var number = 0; number < count; number++)
        {
            await api.PublishAsync(number, Cancel);
        }

        await Eventually.HoldsAsync(
            async () => await CountAttemptsAsync() == before + count, () => "The attempts are not in the statistics.", Cancel);
    }

    private async Task WaitUntilToldAsync(int times) =>
        await _receiver.WaitForAsync(requests => requests.Count(request => request.Path == "/told") >= times);

    private async Task<long> CountAttemptsAsync()
    {
        const string Sql = """
            SELECT coalesce(sum(attempts), 0)::bigint FROM webhook_statistics
            WHERE minutes = 1 AND event = 'user.created' AND webhook_id = '00000000-0000-0000-0000-000000000000'
            """;
        await using var command = _database.CreateCommand(Sql);
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
