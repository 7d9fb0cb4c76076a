using Npgsql;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Deliveries;

public sealed class DeliveryArrivalsTests : DatabaseTest
{
    private readonly Guid _org = Guid.NewGuid();

    [Fact]
    public async Task What_is_published_under_an_older_id_comes_after_what_was_read()
    {
        var webhook = await AddWebhookAsync(_org);
        var first = await InsertAsync(webhook, idAge: TimeSpan.Zero, age: TimeSpan.FromMinutes(60));
        var (read, place) = await ReadAsync(webhook, ArrivalPlace.Before(null), arrivals: Ago(minutes: 50));
        Assert.Equal([first], read);

        var late = await InsertAsync(webhook, idAge: TimeSpan.FromDays(3), age: TimeSpan.FromMinutes(45));
        var timely = await InsertAsync(webhook, idAge: TimeSpan.FromSeconds(30), age: TimeSpan.FromMinutes(44));

        (read, place) = await ReadAsync(webhook, place, arrivals: Ago(minutes: 30));
        Assert.Equal([late, timely], read);
        Assert.Empty((await ReadAsync(webhook, place)).Read);
    }

    [Fact]
    public async Task Every_delivery_is_read_once_whatever_the_pages_and_the_ages_of_ids()
    {
        var webhook = await AddWebhookAsync(_org);
        var all = new List<Guid>();
        var read = new List<Guid>();
        var place = ArrivalPlace.Before(null);
        var random = new Random(18);
        for (var round = 0; round < 8; round++)
        {
            for (var count = 0; count < 12; count++)
            {
                var idAge = random.Next(4) switch
                {
                    0 => 86_400 * random.NextDouble() * 6,
                    1 => 59 + (2 * random.NextDouble()),
                    _ => random.NextDouble(),
                };
                all.Add(await InsertAsync(webhook, TimeSpan.FromSeconds(idAge), TimeSpan.FromMinutes(60 - (6 * round) - (0.4 * count))));
            }

            (var page, place) = await ReadAsync(webhook, place, limit: random.Next(1, 9), arrivals: Ago(54 - (6 * round)));
            read.AddRange(page);
        }

        for (IReadOnlyList<Guid> page = [Guid.Empty]; page.Count > 0;)
        {
            (page, place) = await ReadAsync(webhook, place, limit: 7);
            read.AddRange(page);
        }

        Assert.Equal(all.Order(), read.Order());
    }

    [Fact]
    public async Task A_transaction_that_is_still_open_is_waited_for()
    {
        var webhook = await AddWebhookAsync(_org);
        var arrivals = new DeliveryArrivals(Database) { StatementTime = TimeSpan.Zero };
        await using var connection = await Database.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        var first = await InsertAsync(connection, webhook);
        var second = await InsertAsync(connection: null, webhook);

        var (read, place) = await ReadAsync(webhook, ArrivalPlace.Before(null), arrivals: arrivals);
        Assert.Empty(read);
        await transaction.CommitAsync(Cancel);

        (read, place) = await ReadAsync(webhook, place, arrivals: arrivals);
        Assert.Equal([first, second], read);
        Assert.Empty((await ReadAsync(webhook, place, arrivals: arrivals)).Read);
    }

    [Fact]
    public async Task Reading_begins_at_a_time_and_knows_the_event_and_the_organization()
    {
        var webhook = await AddWebhookAsync(_org);
        await InsertAsync(webhook, idAge: TimeSpan.FromHours(1), age: TimeSpan.FromMinutes(30));
        await InsertAsync(webhook, idAge: TimeSpan.Zero, age: TimeSpan.FromMinutes(30));
        var late = await InsertAsync(webhook, idAge: TimeSpan.FromHours(1), age: TimeSpan.FromMinutes(10));
        var timely = await InsertAsync(webhook, idAge: TimeSpan.Zero, age: TimeSpan.FromMinutes(10));
        var from = new DeliveryFilter(From: DateTimeOffset.UtcNow.AddMinutes(-20));

        Assert.Equal(new[] { late, timely }.Order(), (await ReadAsync(webhook, ArrivalPlace.Before(from.From), filter: from)).Read.Order());
        Assert.Empty((await ReadAsync(webhook, ArrivalPlace.Before(null), filter: new DeliveryFilter(Event: "invoice.paid"))).Read);
        Assert.Null(await new DeliveryArrivals(Database).ListAsync(
            Guid.NewGuid(), webhook, new DeliveryFilter(), 10, ArrivalPlace.Before(null), Cancel));
    }

    /// <summary>What a reader of that time saw.</summary>
    private DeliveryArrivals Ago(int minutes) => new(Database) { StatementTime = TimeSpan.FromMinutes(minutes) };

    private async Task<(IReadOnlyList<Guid> Read, ArrivalPlace Next)> ReadAsync(
        Guid webhook, ArrivalPlace after, int limit = 100, DeliveryFilter? filter = null, DeliveryArrivals? arrivals = null)
    {
        var page = Required(
            await (arrivals ?? new(Database)).ListAsync(_org, webhook, filter ?? new DeliveryFilter(), limit, after, Cancel));
        return ([.. page.Items.Select(delivery => delivery.Id)], page.Next);
    }

    /// <summary>Inserts a delivery that was created some time ago, and whose id is older still.</summary>
    private async Task<Guid> InsertAsync(Guid webhook, TimeSpan idAge, TimeSpan age)
    {
        var created = DateTimeOffset.UtcNow - age;
        var id = Guid.CreateVersion7(created - idAge);
        await ExecuteAsync(
            "INSERT INTO webhook_deliveries (id, webhook_id, org_id, event, event_id, payload, status, created_at) "
            + "VALUES ($1, $2, $3, 'user.created', $1, '{}', 'succeeded', $4)",
            id, webhook, _org, created);
        return id;
    }

    /// <summary>Inserts a delivery with an old id now.</summary>
    private async Task<Guid> InsertAsync(NpgsqlConnection? connection, Guid webhook)
    {
        var id = Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-1));
        const string Sql =
            "INSERT INTO webhook_deliveries (id, webhook_id, org_id, event, event_id, payload, status) "
            + "VALUES ($1, $2, $3, 'user.created', $1, '{}', 'succeeded')";
        await using var command = connection is null ? Database.CreateCommand(Sql) : new NpgsqlCommand(Sql, connection);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = id }, new() { Value = webhook }, new() { Value = _org } });
        await command.ExecuteNonQueryAsync(Cancel);
        return id;
    }
}
