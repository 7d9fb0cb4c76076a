using System.Text.Json;
using Npgsql;
using Webhooks.Load.Protocol;

namespace Peers;

/// <summary>Rows of deliveries inserted, then updated with their results, in batches: what PostgreSQL could absorb.</summary>
internal static class PostgresBatches
{
    private const string Schema = """
        drop table if exists delivery;
        create table delivery (
            id bigint primary key,
            receiver_id int not null,
            body text not null,
            status smallint,
            attempt smallint not null default 0,
            delivered_at timestamptz)
        """;

    private const string Insert = "insert into delivery (id, receiver_id, body) select * from unnest($1, $2, $3)";

    private const string Record = """
        update delivery d set status = r.status, attempt = r.attempt, delivered_at = now()
        from unnest($1, $2, $3) as r (id, status, attempt) where d.id = r.id
        """;

    private const int Receivers = 100;

    public static Dictionary<string, Command> Open(MemberConfig config) => new()
    {
        ["insertAndUpdate"] = async options =>
            await RunAsync(config.ConnectionString!, config.Concurrency, options.Deserialize<RowsPlan>(JsonSerializerOptions.Web)!),
    };

    private static async Task<TimeSpent> RunAsync(string connectionString, int connections, RowsPlan plan)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using (var create = database.CreateCommand(Schema))
        {
            await create.ExecuteNonQueryAsync();
        }

        var body = plan.BodyBytes == 0 ? "" : Sender.BodyOf(0);
        var next = 0;
        var startedAt = Clock.Now;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(WriteAllAsync)));
        return new TimeSpent(startedAt, Clock.Now);

        async Task WriteAllAsync()
        {
            await using var connection = await database.OpenConnectionAsync();
            while (Interlocked.Add(ref next, plan.Batch) - plan.Batch is var first && first < plan.Rows)
            {
                long[] ids = [.. Enumerable.Range(first, Math.Min(plan.Batch, plan.Rows - first))];
                var receivers = Array.ConvertAll(ids, id => (int)(id % Receivers));
                await ExecuteAsync(connection, Insert, ids, receivers, Array.ConvertAll(ids, _ => body));
                await ExecuteAsync(connection, Record, ids, Array.ConvertAll(ids, _ => (short)200), Array.ConvertAll(ids, _ => (short)1));
            }
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, params object[] arrays)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var array in arrays)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = array });
        }

        await command.PrepareAsync();
        await command.ExecuteNonQueryAsync();
    }
}
