namespace Webhooks.Core.Tests.Postgres;

/// <summary>Operators have these two queries in their dashboards: they must keep working as they stand.</summary>
public sealed class MonitoringQueryTests : DatabaseTest
{
    internal const string DeliveriesByEvent = """
        SELECT event, COUNT(*) as total_deliveries, AVG(attempt_number) as avg_attempts,
               COUNT(CASE WHEN response_status >= 200 AND response_status < 300 THEN 1 END) as successful
        FROM webhook_deliveries WHERE created_at > NOW() - INTERVAL '24 hours' GROUP BY event;
        """;

    internal const string RecentFailures = """
        SELECT * FROM webhook_deliveries WHERE response_status NOT BETWEEN 200 AND 299 ORDER BY created_at DESC LIMIT 50;
        """;

    private readonly Guid _org = Guid.NewGuid();

    [Fact]
    public async Task Deliveries_of_the_last_day_are_counted_by_event()
    {
        await AddWebhookAsync(_org);
        await PublishManyAsync(_org, 3, "user.created");
        await PublishManyAsync(_org, 1, "invoice.paid");
        await ExecuteAsync("""
            UPDATE webhook_deliveries SET attempt_number = 2, response_status = 204, status = 'succeeded', next_attempt_at = NULL
            WHERE id IN (SELECT id FROM webhook_deliveries WHERE event = 'user.created' LIMIT 2)
            """);
        await PublishManyAsync(_org, 1, "user.deleted");
        await ExecuteAsync("UPDATE webhook_deliveries SET created_at = now() - interval '25 hours' WHERE event = 'user.deleted'");

        await using var command = Database.CreateCommand(DeliveriesByEvent);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var rows = new List<(string, long, decimal, long)>();
        while (await reader.ReadAsync(Cancel))
        {
            rows.Add((reader.GetString(0), reader.GetInt64(1), Math.Round(reader.GetDecimal(2), 2), reader.GetInt64(3)));
        }

        Assert.Equal([("invoice.paid", 1, 0m, 0), ("user.created", 3, 1.33m, 2)], rows.Order());
    }

    [Fact]
    public async Task Recent_failures_are_those_with_an_answer_other_than_2xx_latest_first()
    {
        await AddWebhookAsync(_org);
        var ids = await PublishManyAsync(_org, 4);
        await SetAsync(ids[0], status: 500, minutesAgo: 3);
        await SetAsync(ids[1], status: 200, minutesAgo: 2);
        await SetAsync(ids[2], status: 302, minutesAgo: 1);

        Assert.Equal([ids[2], ids[0]], await QueryAllAsync<Guid>(RecentFailures));
    }

    private async Task SetAsync(Guid id, int status, int minutesAgo) => await ExecuteAsync(
        "UPDATE webhook_deliveries SET response_status = $2, created_at = now() - $3 * interval '1 minute' WHERE id = $1",
        id, status, minutesAgo);
}
