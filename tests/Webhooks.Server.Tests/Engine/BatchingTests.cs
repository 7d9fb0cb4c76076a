using System.Diagnostics;
using Npgsql;
using Webhooks.Testing;

namespace Webhooks.Server.Tests.Engine;

public sealed class BatchingTests
{
    [Fact]
    public async Task A_busy_engine_needs_a_small_part_of_a_statement_for_a_delivery()
    {
        const int Webhooks = 10;
        const int Each = 200;
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        await scene.PublishAsync(await scene.AddWebhooksAsync(receiver, Webhooks), Each);
        var statements = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = statement =>
            {
                if (IsWorkOn(scene.ConnectionString, statement))
                {
                    Interlocked.Increment(ref statements);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        await scene.StartEngineAsync();

        await scene.WaitForAsync(Webhooks * Each, "status = 'succeeded'");
        Assert.InRange(statements, 2, Webhooks * Each / 10);
    }

    private static bool IsWorkOn(string database, Activity statement) =>
        statement.GetTagItem("db.namespace") is string name
        && new NpgsqlConnectionStringBuilder(database).Database == name
        && statement.GetTagItem("db.query.text") is string text
        && text.Contains("UPDATE webhook_deliveries", StringComparison.Ordinal);
}
