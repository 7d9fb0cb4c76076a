using Npgsql;
using Webhooks.Testing;

namespace Webhooks.Server.Tests.Queue;

/// <summary>
/// Messages of event types that change while the listener runs. Somebody else changes them: the database is told directly.
/// </summary>
public sealed class QueuedEventTypeTests
{
    [Fact]
    public async Task A_message_of_a_type_that_was_made_just_now_is_delivered()
    {
        await using var scene = await QueueScene.CreateAsync();
        await scene.StartListenerAsync();

        for (var number = 1; number <= 5; number++)
        {
            await scene.PutAsync(scene.Message());
            await scene.WaitUntilEmptyAsync();
            await MakeAsync(scene, $"order.n{number}");
            await scene.PutAsync(scene.Message($"order.n{number}"));
            await scene.WaitUntilEmptyAsync();
        }

        Assert.Equal(10, await scene.DeliveriesAsync());
        Assert.Empty(await scene.PoisonAsync());
    }

    [Fact]
    public async Task A_message_whose_data_does_not_fit_the_schema_goes_to_the_poison_queue_and_the_log_says_so()
    {
        await using var scene = await QueueScene.CreateAsync();
        await MakeAsync(scene, "order.paid", """{"properties":{"lines":{"items":{"required":["sku"]}}}}""");
        var wrong = scene.Message("order.paid", """{"lines":[{"sku":"a"},{}]}""");
        await scene.StartListenerAsync();

        await scene.PutAsync(wrong, scene.Message("order.paid", """{"lines":[]}"""));
        await scene.WaitForLogAsync(1, "data: It does not fit the schema of the event type (required)");
        await scene.WaitUntilEmptyAsync();
        await scene.ScalarAsync("UPDATE event_types SET validate = false WHERE name = 'order.paid'");
        await scene.PutAsync(wrong);
        await scene.WaitUntilEmptyAsync();

        Assert.Equal([wrong], await scene.PoisonAsync());
        Assert.Equal(2, await scene.DeliveriesAsync());
    }

    [Fact]
    public async Task While_the_database_is_away_a_message_that_looks_wrong_waits_for_the_newest_types()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var scene = await QueueScene.CreateAsync(postgres);
        await MakeAsync(scene, "order.paid");
        await postgres.StopAsync();
        await using (var ended = new NpgsqlConnection(scene.Database))
        {
            NpgsqlConnection.ClearPool(ended);
        }

        await scene.PutAsync(scene.Message("order.paid"), scene.Message("order.payed"));
        await scene.StartListenerAsync();
        await scene.WaitForLogAsync(1, "the database fails");
        Assert.Empty(await scene.PoisonAsync());

        await postgres.StartAgainAsync();

        await scene.WaitUntilEmptyAsync();
        Assert.Equal(1, await scene.DeliveriesAsync("event = 'order.paid'"));
        Assert.Equal([scene.Message("order.payed")], await scene.PoisonAsync());
        await scene.WaitForLogAsync(1, "Did you mean order.paid?");
    }

    private static async Task MakeAsync(QueueScene scene, string name, string schema = "{}")
    {
        await using var connection = await scene.ConnectAsync();
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO event_types (name, category, description, sample, schema, validate)
            VALUES (@name, 'Order', '', '{}', @schema::json, true)
            """,
            connection);
        command.Parameters.AddWithValue("name", name);
        command.Parameters.AddWithValue("schema", schema);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
