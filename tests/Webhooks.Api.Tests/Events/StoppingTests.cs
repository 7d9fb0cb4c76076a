using Npgsql;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Api.Tests.Events;

public sealed class StoppingTests
{
    private const int Requests = 40;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_that_wait_for_the_database_when_the_server_stops_are_stored_and_answered()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var server = await ApiServer.StartAsync(database.ConnectionString);
        await server.MigrateAsync();
        using var client = server.ForNewOrganization();
        await client.CreateWebhookAsync();
        var table = await HoldTableAsync(database);
        var publishing = Enumerable.Range(0, Requests).Select(_ => client.PublishAsync()).ToArray();
        await server.Logs.WaitForAsync(_ => server.Logs.Lines.Count(IsStartOfPublishing) == Requests);

        var stopping = server.StopAsync();
        await table.DisposeAsync();
        await stopping;

        var published = await Task.WhenAll(publishing);
        Assert.Equal(published.Order(), await EventIdsAsync(database));
    }

    private static bool IsStartOfPublishing(LogLine line) =>
        line.Text.StartsWith("Request starting", StringComparison.Ordinal) && line.Text.Contains("/events", StringComparison.Ordinal);

    /// <summary>Lets no delivery be inserted until it is disposed.</summary>
    private static async Task<NpgsqlConnection> HoldTableAsync(TestDatabase database)
    {
        // A connection outside the pool, whose end is the end of its transaction.
        var connection = new NpgsqlConnection($"{database.ConnectionString};Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand("BEGIN; LOCK TABLE webhook_deliveries IN ACCESS EXCLUSIVE MODE", connection);
        await command.ExecuteNonQueryAsync(Cancel);
        return connection;
    }

    private static async Task<IReadOnlyList<Guid>> EventIdsAsync(TestDatabase database)
    {
        await using var command = database.DataSource.CreateCommand("SELECT event_id FROM webhook_deliveries ORDER BY event_id");
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(Cancel))
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }
}
