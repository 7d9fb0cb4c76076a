using System.Diagnostics;
using System.Text;
using Azure.Storage.Queues;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Webhooks.Client.Publishing;
using Webhooks.Server.Queue;
using Webhooks.Server.Tests.Engine;
using Webhooks.Testing;

namespace Webhooks.Server.Tests.Queue;

public sealed class QueueListenerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_becomes_a_delivery_and_is_gone()
    {
        await using var scene = await QueueScene.CreateAsync();
        await scene.PutAsync(scene.Message("user.login", """{"user_id":7}"""));

        await scene.StartListenerAsync();

        await scene.WaitUntilEmptyAsync();
        Assert.Equal(
            1, await scene.DeliveriesAsync("""event = 'user.login' AND payload->'data' = '{"user_id":7}' AND status = 'pending'"""));
        Assert.Empty(await scene.PoisonAsync());
    }

    [Fact]
    public async Task A_listener_that_waits_takes_what_comes()
    {
        await using var scene = await QueueScene.CreateAsync();
        await scene.StartListenerAsync();

        await new QueuePublisher(scene.Messages).PublishAsync(scene.OrgId, "user.created", new { UserId = 7 }, Cancel);

        await DeliveryScene.WaitUntilAsync(async () => await scene.DeliveriesAsync("event = 'user.created'") == 1);
    }

    [Theory]
    [InlineData("\uFEFF", "")]
    [InlineData(" \r\n", "\n")]
    public async Task A_message_may_have_a_byte_order_mark_or_white_space_around(string before, string after)
    {
        await using var scene = await QueueScene.CreateAsync();
        await scene.PutAsync(before + scene.Message() + after);

        await scene.StartListenerAsync();

        await scene.WaitUntilEmptyAsync();
        Assert.Equal(1, await scene.DeliveriesAsync());
    }

    [Fact]
    public async Task A_message_may_be_in_base64()
    {
        await using var scene = await QueueScene.CreateAsync();
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(scene.Message("user.login", """{"name":"Zoë"}""")));
        await scene.PutAsync(base64, base64[..40] + "\n" + base64[40..]);

        await scene.StartListenerAsync();

        await scene.WaitUntilEmptyAsync();
        Assert.Equal(2, await scene.DeliveriesAsync("payload->'data'->>'name' = 'Zoë'"));
    }

    [Fact]
    public async Task Hundreds_of_messages_are_all_delivered_by_two_listeners()
    {
        await using var scene = await QueueScene.CreateAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 10), Cancel, async (part, _) =>
            await scene.PutAsync(
                Enumerable.Range(0, 30).Select(number => scene.Message(data: $$"""{"number":{{(part * 30) + number}} }"""))));

        await scene.StartListenerAsync();
        await scene.StartListenerAsync();

        await scene.WaitUntilEmptyAsync();
        Assert.Equal(300L, await scene.ScalarAsync("SELECT count(DISTINCT payload->'data'->'number') FROM webhook_deliveries"));
        Assert.Equal(300, await scene.DeliveriesAsync());
    }

    [Fact]
    public async Task Messages_beyond_an_organizations_limit_wait_and_all_arrive_and_hold_up_nobody_else()
    {
        await using var scene = await QueueScene.CreateAsync();
        var other = await scene.AddOrganizationAsync(webhooks: 1);
        await scene.ScalarAsync($"INSERT INTO publish_limits (org_id, per_second, burst) VALUES ('{scene.OrgId}', 0.01, 2)");
        await scene.PutAsync(Enumerable.Range(0, PublishPace.MostOfOne + 20).Select(number => scene.Message(data: $"{{\"n\":{number}}}")));
        await scene.PutAsync(Enumerable.Range(0, 20).Select(_ => scene.Message(organization: other)));

        await scene.StartListenerAsync();
        await scene.StartListenerAsync();

        await DeliveryScene.WaitUntilAsync(async () => await scene.DeliveriesAsync($"org_id = '{other}'") == 20);
        // As many as the burst allows; the next may be published after a hundred seconds.
        await DeliveryScene.WaitUntilAsync(async () => await scene.DeliveriesAsync($"org_id = '{scene.OrgId}'") == 2);
        await scene.ScalarAsync("UPDATE publish_limits SET per_second = 1000");
        await DeliveryScene.WaitUntilAsync(
            async () => await scene.DeliveriesAsync($"org_id = '{scene.OrgId}'") == PublishPace.MostOfOne + 20);
        await scene.WaitUntilEmptyAsync();
        Assert.Empty(await scene.PoisonAsync());
        Assert.Equal(
            (long)PublishPace.MostOfOne + 20,
            await scene.ScalarAsync($"SELECT count(DISTINCT payload->'data'->'n') FROM webhook_deliveries WHERE org_id = '{scene.OrgId}'"));
    }

    [Fact]
    public async Task A_message_of_an_erased_organization_is_removed_and_the_log_says_so()
    {
        await using var scene = await QueueScene.CreateAsync();
        var erased = await scene.AddOrganizationAsync(webhooks: 1);
        await scene.ScalarAsync($"UPDATE organizations SET erasing_since = now(), erased_by = 'user ada' WHERE id = '{erased}'");
        await scene.PutAsync(scene.Message(organization: erased), scene.Message());

        await scene.StartListenerAsync();

        await scene.WaitUntilEmptyAsync();
        await scene.WaitForLogAsync(1, $"is dropped: its organization {erased} is erased");
        Assert.Empty(await scene.PoisonAsync());
        Assert.Equal(1, await scene.DeliveriesAsync());
    }

    [Fact]
    public async Task A_message_that_can_never_be_valid_goes_to_the_poison_queue_at_once_and_harms_no_other()
    {
        await using var scene = await QueueScene.CreateAsync();
        string[] garbage =
        [
            "", "hello", "{", "[]", "1234", "{}", "AAAA", scene.Message("user.create"), scene.Message(data: "[]"), scene.Message(
                data: """{"a":"\u0000"}"""),
            scene.Message(data: """{"a":1e9999}"""), $"[{scene.Message()}]", """{"event":"user.created","data":{} }""",
            Convert.ToBase64String([0xFF, 0xFE]),
        ];
        await scene.PutAsync([.. garbage, scene.Message()]);

        await scene.StartListenerAsync();

        await scene.WaitUntilEmptyAsync();
        Assert.Equal(1, await scene.DeliveriesAsync());
        Assert.Equal(garbage.Order(StringComparer.Ordinal), (await scene.PoisonAsync()).Order(StringComparer.Ordinal));
        await scene.WaitForLogAsync(garbage.Length, "went to the queue");
        await scene.WaitForLogAsync(1, "event: 'user.create' is not an event type. Did you mean user.created?");
    }

    [Fact]
    public async Task The_log_says_why_without_showing_the_data()
    {
        await using var scene = await QueueScene.CreateAsync();
        await scene.PutAsync(scene.Message(data: """{"ada@example.com":{"iban":"\u0000 CH93 0076 2011 6238 5295 7"}}"""), "{\"CH93 0076\"");

        await scene.StartListenerAsync();

        await scene.WaitUntilEmptyAsync();
        await scene.WaitForLogAsync(1, "data: It contains \\u0000");
        await scene.WaitForLogAsync(1, "It is not valid JSON");
        Assert.Equal(0, scene.Log.Count("CH93"));
        Assert.Equal(0, scene.Log.Count("ada@example.com"));
    }

    [Fact]
    public async Task What_PostgreSQL_can_never_hold_goes_to_the_poison_queue_at_once_and_harms_no_other()
    {
        await using var scene = await QueueScene.CreateAsync();
        await scene.RefuseAsync("user.deleted", "22023");
        var refused = scene.Message("user.deleted", """{"iban":"CH93"}""");
        await scene.PutAsync(scene.Message(), refused, scene.Message());

        await scene.StartListenerAsync();

        await scene.WaitUntilEmptyAsync();
        Assert.Equal(2, await scene.DeliveriesAsync());
        Assert.Equal([refused], await scene.PoisonAsync());
        await scene.WaitForLogAsync(1, "PostgreSQL error 22023");
        Assert.Equal(0, scene.Log.Count("CH93"));
    }

    [Fact]
    public async Task What_fails_for_a_reason_that_may_pass_goes_to_the_poison_queue_after_five_tries_and_harms_no_other()
    {
        await using var scene = await QueueScene.CreateAsync();
        scene.Options = scene.Options with { Visibility = TimeSpan.FromSeconds(1) };
        await scene.RefuseAsync("user.deleted", "23514");
        var refused = scene.Message("user.deleted");
        await scene.PutAsync(scene.Message(), refused, scene.Message());

        await scene.StartListenerAsync();

        await DeliveryScene.WaitUntilAsync(async () => await scene.DeliveriesAsync() == 2);
        await scene.WaitUntilEmptyAsync();
        Assert.Equal([refused], await scene.PoisonAsync());
        await scene.WaitForLogAsync(4, "is tried again");
        await scene.WaitForLogAsync(1, "It failed 5 times, at last with PostgreSQL error 23514");
    }

    [Fact]
    public async Task What_failed_is_published_when_the_reason_has_passed()
    {
        await using var scene = await QueueScene.CreateAsync();
        scene.Options = scene.Options with { Visibility = TimeSpan.FromSeconds(1) };
        await scene.RefuseAsync("user.deleted", "23514");
        await scene.PutAsync(scene.Message("user.deleted"));
        await scene.StartListenerAsync();
        await scene.WaitForLogAsync(1, "is tried again");

        await scene.ScalarAsync("DROP TRIGGER refuse ON webhook_deliveries");

        await scene.WaitUntilEmptyAsync();
        Assert.Equal(1, await scene.DeliveriesAsync());
        Assert.Empty(await scene.PoisonAsync());
    }

    [Fact]
    public async Task Messages_with_the_same_id_are_one_event_and_those_without_are_each_their_own()
    {
        await using var scene = await QueueScene.CreateAsync();
        var same = scene.Message(fields: ""","id":"order-17" """);
        await scene.PutAsync(same, same, scene.Message(), scene.Message());

        await scene.StartListenerAsync();

        await scene.WaitUntilEmptyAsync();
        Assert.Equal(3, await scene.DeliveriesAsync());
    }

    [Fact]
    public async Task Another_event_under_a_known_id_goes_to_the_poison_queue_and_the_log_says_what_differs()
    {
        await using var scene = await QueueScene.CreateAsync();
        var other = scene.Message("user.deleted", fields: ""","id":"order-17" """);
        await scene.PutAsync(scene.Message(fields: ""","id":"order-17" """));
        await scene.StartListenerAsync();
        await scene.WaitUntilEmptyAsync();

        await scene.PutAsync(other, scene.Message());

        await scene.WaitUntilEmptyAsync();
        Assert.Equal([other], await scene.PoisonAsync());
        await scene.WaitForLogAsync(1, "The id was used for another event within the last 7 days; what differs is: event.");
        Assert.Equal(2, await scene.DeliveriesAsync("event = 'user.created'"));
    }

    [Fact]
    public async Task A_burst_of_one_large_organization_keeps_nobody_waiting_and_is_all_delivered()
    {
        const int Messages = 20;
        const int Webhooks = 100;
        await using var scene = await QueueScene.CreateAsync();
        scene.Options = scene.Options with { BatchSize = 2, MaxBatches = 2 };
        var large = await scene.AddOrganizationAsync(Webhooks);
        var data = $$"""{"text":"{{new string('x', 45_000)}}"}""";
        await scene.PutAsync(Enumerable.Range(0, Messages).Select(number =>
            scene.Message(data: data, fields: $$""","id":"burst-{{number}}" """, organization: large)));
        await scene.PutAsync(scene.Message("user.login"), scene.Message("user.logout"));

        // As slow as can be: not one delivery of the large organization is stored before the lock is released.
        var brake = await scene.HoldAsync(large);
        await scene.StartListenerAsync();
        await DeliveryScene.WaitUntilAsync(async () => await scene.DeliveriesAsync() == 2);
        await brake.DisposeAsync();

        await scene.WaitUntilEmptyAsync();
        Assert.Equal(Messages * Webhooks, await scene.DeliveriesAsync($"org_id = '{large}'"));
        Assert.Equal(2, await scene.DeliveriesAsync($"org_id = '{scene.OrgId}'"));
        Assert.Empty(await scene.PoisonAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","id":"order-17" """)]
    public async Task A_message_that_is_handled_again_after_a_crash_makes_no_second_delivery(string id)
    {
        await using var scene = await QueueScene.CreateAsync();
        scene.Options = scene.Options with { Visibility = TimeSpan.FromSeconds(1) };
        await scene.PutAsync(scene.Message(fields: id), scene.Message(fields: id.Replace("17", "18", StringComparison.Ordinal)));
        using (var crashing = scene.Host())
        {
            var batch = await crashing.Services.GetRequiredService<EventQueue>().ReceiveAsync(Cancel);
            foreach (var message in crashing.Services.GetRequiredService<BatchPublisher>().Publish(batch, Cancel, Cancel))
            {
                Assert.IsType<MessageOutcome.Published>(await message.Outcome);
            }
        }

        Assert.Equal(2, await scene.DeliveriesAsync());
        Assert.Equal(2, await QueueScene.LengthAsync(scene.Messages));
        await scene.StartListenerAsync();

        await scene.WaitUntilEmptyAsync();
        Assert.Equal(2, await scene.DeliveriesAsync());
    }

    [Fact]
    public async Task Nobody_else_gets_a_message_while_it_is_in_hand_for_long()
    {
        await using var scene = await QueueScene.CreateAsync();
        scene.Options = scene.Options with { Visibility = QueueScene.ShortVisibility };
        await scene.PutAsync(scene.Message(), scene.Message());
        await using (var slow = await LockDeliveriesAsync(scene))
        {
            await scene.StartListenerAsync();
            await WaitUntilBlockedAsync(scene);

            for (var watch = Stopwatch.StartNew(); watch.Elapsed < 3 * scene.Options.Visibility;)
            {
                Assert.Empty((await scene.Messages.ReceiveMessagesAsync(32, cancellationToken: Cancel)).Value);
                await Task.Delay(TimeSpan.FromMilliseconds(100), Cancel);
            }
        }

        await scene.WaitUntilEmptyAsync();
        Assert.Equal(2, await scene.DeliveriesAsync());
    }

    [Fact]
    public async Task A_stopping_listener_finishes_the_batch_in_hand()
    {
        await using var scene = await QueueScene.CreateAsync();
        await scene.PutAsync(scene.Message());
        var slow = await LockDeliveriesAsync(scene);
        var listener = await scene.StartListenerAsync();
        await WaitUntilBlockedAsync(scene);

        var stopping = listener.StopAsync(Cancel);
        Assert.False(stopping.IsCompleted);
        await slow.DisposeAsync();
        await stopping;

        Assert.Equal(1, await scene.DeliveriesAsync());
        Assert.Equal(0, await QueueScene.LengthAsync(scene.Messages));
    }

    [Fact]
    public async Task A_stopping_listener_finishes_the_batch_that_it_has_asked_for()
    {
        await using var scene = await QueueScene.CreateAsync();
        await using var way = HoldAnswers(scene);
        var listener = await AskAsync(scene, way);

        var stopping = listener.StopAsync(Cancel);
        way.Release();
        await stopping;

        Assert.Equal(2, await scene.DeliveriesAsync());
        Assert.Equal(0, await QueueScene.LengthAsync(scene.Messages));
    }

    [Fact]
    public async Task A_listener_stops_although_nobody_answers_what_it_has_asked_for()
    {
        await using var scene = await QueueScene.CreateAsync();
        await using var way = HoldAnswers(scene);
        var listener = await AskAsync(scene, way);

        await listener.StopAsync(Cancel);

        Assert.Equal(1, await scene.DeliveriesAsync());
        Assert.Equal(1, await QueueScene.LengthAsync(scene.Messages));
    }

    [Fact]
    public async Task A_batch_that_cannot_be_finished_in_time_is_left_on_the_queue()
    {
        await using var scene = await QueueScene.CreateAsync();
        await scene.PutAsync(scene.Message());
        await using var slow = await LockDeliveriesAsync(scene);
        var listener = await scene.StartListenerAsync();
        await WaitUntilBlockedAsync(scene);

        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await listener.StopAsync(patience.Token);

        await scene.WaitForLogAsync(1, "become visible again: 1");
        Assert.Equal(1, await QueueScene.LengthAsync(scene.Messages));
    }

    [Fact]
    public async Task Queues_that_are_removed_are_made_again()
    {
        await using var scene = await QueueScene.CreateAsync();
        await scene.StartListenerAsync();
        await DeliveryScene.WaitUntilAsync(async () => await scene.Poison.ExistsAsync(Cancel));

        await scene.Messages.DeleteAsync(Cancel);
        await scene.Poison.DeleteAsync(Cancel);

        await DeliveryScene.WaitUntilAsync(async () => await scene.Poison.ExistsAsync(Cancel));
        await scene.PutAsync(scene.Message(), "garbage");
        await scene.WaitUntilEmptyAsync();
        Assert.Equal(1, await scene.DeliveriesAsync());
        Assert.Equal(["garbage"], await scene.PoisonAsync());
    }

    /// <summary>Leads the listeners to the queue by a way on which answers can be held.</summary>
    private static HeldAnswers HoldAnswers(QueueScene scene)
    {
        var port = scene.Messages.Uri.Port;
        var way = new HeldAnswers(port);
        scene.Options = scene.Options with
        {
            ConnectionString = scene.Options.ConnectionString.Replace($":{port}/", $":{way.Number}/", StringComparison.Ordinal),
        };
        return way;
    }

    /// <summary>Starts a listener that has published a message. The next one is taken for it, and it does not know yet.</summary>
    private static async Task<IHost> AskAsync(QueueScene scene, HeldAnswers way)
    {
        await scene.PutAsync(scene.Message());
        var listener = await scene.StartListenerAsync();
        await scene.WaitUntilEmptyAsync();
        way.Hold();
        await scene.PutAsync(scene.Message());
        await DeliveryScene.WaitUntilAsync(async () => (await scene.Messages.PeekMessagesAsync(1, Cancel)).Value.Length == 0);
        return listener;
    }

    /// <summary>Makes whoever inserts deliveries wait until the result is disposed of.</summary>
    private static async Task<NpgsqlConnection> LockDeliveriesAsync(QueueScene scene)
    {
        var connection = await scene.ConnectAsync();
        await using var command = new NpgsqlCommand("BEGIN; LOCK TABLE webhook_deliveries IN ACCESS EXCLUSIVE MODE", connection);
        await command.ExecuteNonQueryAsync(Cancel);
        return connection;
    }

    private static Task WaitUntilBlockedAsync(QueueScene scene) => DeliveryScene.WaitUntilAsync(async () =>
        (bool)(await scene.ScalarAsync(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'webhook_deliveries'::regclass)"))!);
}
