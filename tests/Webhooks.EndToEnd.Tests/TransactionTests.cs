using Npgsql;
using Webhooks.Client.Publishing;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>What is published in transactions is delivered when they commit, once, and however servers end.</summary>
[Trait("Host", "both")]
public sealed class TransactionTests
{
    private readonly TransactionPublisher _publisher = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_is_delivered_after_the_commit_of_its_transaction_and_never_after_its_rollback()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var installation = await Installation.CreateAsync(new Dictionary<string, string>());
        using var api = installation.Api(await installation.StartServerAsync());
        await api.RegisterAsync($"{receiver.Url}/hook", "*");
        await using var connection = await ConnectAsync(installation.ConnectionString);
        await using (var given = await connection.BeginTransactionAsync(Cancel))
        {
            await _publisher.PublishAsync(given, installation.Organization, "user.deleted", new { UserId = 1 }, Cancel);
            await given.RollbackAsync(Cancel);
        }

        Guid id;
        await using (var kept = await connection.BeginTransactionAsync(Cancel))
        {
            id = await _publisher.PublishAsync(kept, installation.Organization, "user.created", new { UserId = 2 }, Cancel);
            await kept.CommitAsync(Cancel);
        }

        // The one that was given up came first, so it would have arrived.
        var request = Assert.Single(await receiver.WaitForAsync(1));
        Assert.Equal(id.ToString(), request.Header("webhook-id"));
        Assert.Contains("\"user_id\": 2", request.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_committed_while_no_server_ran_is_delivered_once_by_the_next_one()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var installation = await Installation.CreateAsync(new Dictionary<string, string>());
        var first = await installation.StartServerAsync();
        using (var api = installation.Api(first))
        {
            await api.RegisterAsync($"{receiver.Url}/hook", "*");
        }

        await first.KillAsync();
        await using var connection = await ConnectAsync(installation.ConnectionString);
        var id = await PublishAsync(connection, installation.Organization);
        Assert.Equal(1, await CountAsync(connection, "event_inbox"));

        await installation.StartServerAsync();

        var request = Assert.Single(await receiver.WaitForAsync(1));
        Assert.Equal(id.ToString(), request.Header("webhook-id"));
        await IsEmptyAsync(connection);
        Assert.Equal(1, await CountAsync(connection, "webhook_deliveries"));
    }

    [Fact]
    public async Task Servers_that_are_killed_while_they_fan_out_lose_and_double_nothing()
    {
        const int Events = 300;
        await using var receiver = await Receiver.StartAsync();
        await using var installation = await Installation.CreateAsync(new Dictionary<string, string>());
        var server = await installation.StartServerAsync();
        using (var api = installation.Api(server))
        {
            await api.RegisterAsync($"{receiver.Url}/hook", "*");
        }

        await using var connection = await ConnectAsync(installation.ConnectionString);
        for (var number = 1; number <= Events; number++)
        {
            await PublishAsync(connection, installation.Organization);
            if (number % 100 == 0)
            {
                await server.KillAsync();
                server = await installation.StartServerAsync();
            }
        }

        await IsEmptyAsync(connection);

        // One delivery of each event: what is attempted twice, because a kill came before its record, is one delivery nevertheless.
        Assert.Equal(Events, await CountAsync(connection, "webhook_deliveries"));
        await Eventually.HoldsAsync(
            () => receiver.Requests.Select(request => request.Header("webhook-id")).Distinct().Count() == Events,
            () => $"{receiver.Requests.Count} requests arrived.\n{server.Log}",
            Cancel);
    }

    [Fact]
    public async Task Two_servers_deliver_each_event_once()
    {
        const int Events = 100;
        await using var receiver = await Receiver.StartAsync();
        await using var installation = await Installation.CreateAsync(new Dictionary<string, string>());
        using var api = installation.Api(await installation.StartServerAsync());
        await installation.StartServerAsync();
        await api.RegisterAsync($"{receiver.Url}/hook", "*");
        await using var connection = await ConnectAsync(installation.ConnectionString);

        for (var number = 0; number < Events; number++)
        {
            await PublishAsync(connection, installation.Organization);
        }

        await receiver.WaitForAsync(Events);
        await IsEmptyAsync(connection);
        Assert.Equal(Events, await CountAsync(connection, "webhook_deliveries"));
        Assert.Equal(Events, receiver.Requests.Select(request => request.Header("webhook-id")).Distinct().Count());
    }

    [Theory]
    [InlineData("session", 60)]
    [InlineData("transaction", 4)]
    public async Task Behind_PgBouncer_events_are_published_and_found(string mode, int sessions)
    {
        Assert.SkipUnless(PgBouncer.IsInstalled, PgBouncer.Missing);
        await using var receiver = await Receiver.StartAsync();
        var postgres = await PostgresServer.StartAsync();
        await using var pooler = await PgBouncer.StartAsync(postgres.ConnectionString, mode, sessions);
        await using var installation = Installation.On(postgres, new Dictionary<string, string>
        {
            ["ConnectionStrings__Webhooks"] = pooler.ConnectionString,
            ["Webhooks__Database__Pooling"] = mode,
        });
        using var api = installation.Api(await installation.StartServerAsync());
        await api.RegisterAsync($"{receiver.Url}/hook", "*");
        await using var connection = await ConnectAsync(pooler.ConnectionString);

        var id = await PublishAsync(connection, installation.Organization);

        Assert.Equal(id.ToString(), Assert.Single(await receiver.WaitForAsync(1)).Header("webhook-id"));
    }

    private async Task<Guid> PublishAsync(NpgsqlConnection connection, Guid organization)
    {
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        var id = await _publisher.PublishAsync(transaction, organization, "user.created", new { UserId = "42" }, Cancel);
        await transaction.CommitAsync(Cancel);
        return id;
    }

    private static async Task<NpgsqlConnection> ConnectAsync(string database)
    {
        var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(Cancel);
        return connection;
    }

    private static Task IsEmptyAsync(NpgsqlConnection connection) => Eventually.HoldsAsync(
        async () => await CountAsync(connection, "event_inbox") == 0, () => "Something stays in the inbox.", Cancel);

    private static async Task<long> CountAsync(NpgsqlConnection connection, string table)
    {
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM {table}", connection);
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
