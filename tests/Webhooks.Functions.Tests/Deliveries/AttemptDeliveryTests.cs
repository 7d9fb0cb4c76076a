using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Secrets;
using Webhooks.Functions.Deliveries;
using Webhooks.Functions.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Functions.Tests.Deliveries;

public sealed class AttemptDeliveryTests : IAsyncLifetime
{
    private readonly Guid _organization = Guid.NewGuid();
    private readonly SwitchableKeyRing _keys = new();
    private FunctionsApp _app = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _app = await FunctionsApp.StartAsync(adjust: services => services.AddSingleton<IKeyRing>(_keys));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task An_attempt_that_succeeds_finishes_the_delivery()
    {
        await using var receiver = await Receiver.StartAsync(_ => 204);
        var delivery = await PublishAsync(receiver);

        var result = await _app.AttemptAsync(delivery);

        Assert.Equal(new AttemptResult("succeeded", 1, 204, null), result);
        Assert.Equal(["succeeded"], await _app.QueryAsync<string>("SELECT status FROM webhook_deliveries WHERE id = $1", delivery));
        var request = Assert.Single(receiver.Requests);
        Assert.Equal(delivery.ToString(), request.Headers["X-Webhook-Delivery"]);
        Assert.Equal("1", request.Headers["X-Webhook-Attempt"]);
    }

    [Fact]
    public async Task An_attempt_that_fails_says_when_to_come_back_which_is_what_the_row_says()
    {
        await using var receiver = await Receiver.StartAsync(_ => 503);
        var delivery = await PublishAsync(receiver);

        var result = await _app.AttemptAsync(delivery);

        Assert.Equal("pending", result.Status);
        Assert.Equal(1, result.Attempt);
        Assert.Equal(503, result.LastStatus);
        var stored = Assert.Single(
            await _app.QueryAsync<DateTime>("SELECT next_attempt_at FROM webhook_deliveries WHERE id = $1", delivery));
        Assert.Equal(stored, result.NextAttemptAt!.Value, TimeSpan.FromMilliseconds(1));
        Assert.Equal(DateTimeKind.Utc, result.NextAttemptAt.Value.Kind);
    }

    [Fact]
    public async Task An_attempt_without_an_answer_has_no_status()
    {
        var receiver = await Receiver.StartAsync();
        var delivery = await PublishAsync(receiver);
        await receiver.DisposeAsync();

        var result = await _app.AttemptAsync(delivery);

        Assert.Equal("pending", result.Status);
        Assert.Null(result.LastStatus);
        Assert.NotNull(result.NextAttemptAt);
    }

    [Fact]
    public async Task A_call_before_the_next_attempt_is_due_sends_nothing_and_says_when_it_is()
    {
        await using var receiver = await Receiver.StartAsync(_ => 500);
        var delivery = await PublishAsync(receiver);
        var first = await _app.AttemptAsync(delivery);

        var again = await _app.AttemptAsync(delivery);

        Assert.Single(receiver.Requests);
        Assert.Equal("pending", again.Status);
        Assert.Equal(1, again.Attempt);
        Assert.Equal(500, again.LastStatus);
        Assert.Equal(first.NextAttemptAt!.Value, again.NextAttemptAt!.Value, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task While_its_webhook_is_paused_nothing_is_sent_and_the_answer_is_when_the_pause_ends()
    {
        await using var receiver = await Receiver.StartAsync();
        var delivery = await PublishAsync(receiver);
        await _app.ExecuteAsync(
            """
            UPDATE webhook_health
            SET openings = 5, opened_at = now(), paused_until = now() + interval '8 minutes', paused_by = 'circuit'
            """);
        var until = Assert.Single(await _app.QueryAsync<DateTime>("SELECT paused_until FROM webhook_health"));

        var result = await _app.AttemptAsync(delivery);

        Assert.Empty(receiver.Requests);
        Assert.Equal(("pending", 0, new DeliveryHold("circuit", until)), (result.Status, result.Attempt, result.Held));
        Assert.InRange(result.NextAttemptAt!.Value, until.AddSeconds(-1), until.AddMinutes(1.1));
    }

    [Fact]
    public async Task After_the_pause_one_delivery_finds_out_whether_the_receiver_answers_and_then_the_others_are_attempted()
    {
        await using var receiver = await Receiver.StartAsync();
        var first = await PublishAsync(receiver);
        await _app.ExecuteAsync(
            "UPDATE webhook_health SET openings = 5, opened_at = now(), paused_until = now(), paused_by = 'circuit', probing = true");

        Assert.Equal("succeeded", (await _app.AttemptAsync(first)).Status);

        Assert.Equal([0], await _app.QueryAsync<int>("SELECT openings FROM webhook_health"));
    }

    [Fact]
    public async Task A_call_after_the_delivery_was_finished_sends_nothing()
    {
        await using var receiver = await Receiver.StartAsync();
        var delivery = await PublishAsync(receiver);
        await _app.AttemptAsync(delivery);

        var again = await _app.AttemptAsync(delivery);

        Assert.Single(receiver.Requests);
        Assert.Equal(new AttemptResult("succeeded", 1, 200, null), again);
    }

    [Fact]
    public async Task While_somebody_else_holds_the_lease_nothing_is_sent_and_the_answer_is_when_it_ends()
    {
        await using var receiver = await Receiver.StartAsync();
        var delivery = await PublishAsync(receiver);
        var lease = TimeSpan.FromSeconds(80);
        Assert.NotNull(await _app.Services.GetRequiredService<DeliveryStore>().ClaimAsync(delivery, lease, Cancel));

        var result = await _app.AttemptAsync(delivery);

        Assert.Empty(receiver.Requests);
        Assert.Equal("pending", result.Status);
        Assert.Equal(0, result.Attempt);
        Assert.Equal(DateTime.UtcNow + lease, result.NextAttemptAt!.Value, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task After_a_crash_in_the_middle_of_an_attempt_the_delivery_is_attempted_when_the_lease_has_ended()
    {
        await using var receiver = await Receiver.StartAsync();
        var delivery = await PublishAsync(receiver);
        Assert.NotNull(await _app.Services.GetRequiredService<DeliveryStore>().ClaimAsync(delivery, TimeSpan.FromMinutes(5), Cancel));
        await _app.ExecuteAsync("UPDATE webhook_deliveries SET lease_until = now() WHERE id = $1", delivery);

        var result = await _app.AttemptAsync(delivery);

        Assert.Equal(new AttemptResult("succeeded", 1, 200, null), result);
    }

    [Theory]
    [InlineData("DELETE", null)]
    [InlineData("PATCH", """{"active":false}""")]
    public async Task A_webhook_that_was_deleted_or_deactivated_ends_its_deliveries_without_an_attempt(string method, string? body)
    {
        await using var receiver = await Receiver.StartAsync();
        var webhook = await _app.AddWebhookAsync(_organization, receiver.Url);
        var delivery = Assert.Single(await _app.PublishAsync(_organization));
        using var client = _app.For(_organization);
        using var change = new HttpRequestMessage(new HttpMethod(method), $"/api/v1/webhooks/{webhook}")
        {
            Content = body is null ? null : new StringContent(body),
        };
        (await client.SendAsync(change, Cancel)).EnsureSuccessStatusCode();

        var result = await _app.AttemptAsync(delivery);

        Assert.Equal(new AttemptResult("canceled", 0, null, null), result);
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task A_delivery_that_is_not_stored_any_more_is_over()
    {
        Assert.Equal(new AttemptResult("canceled", 0, null, null), await _app.AttemptAsync(Guid.CreateVersion7()));
    }

    [Fact]
    public async Task Without_the_key_no_attempt_is_spent_one_line_tells_it_and_a_later_call_can_make_it()
    {
        await using var receiver = await Receiver.StartAsync();
        var delivery = await PublishAsync(receiver);
        _keys.Available = false;
        for (var calls = 0; calls < 3; calls++)
        {
            var waiting = await _app.AttemptAsync(delivery);
            Assert.Equal(("pending", 0, null), (waiting.Status, waiting.Attempt, waiting.LastStatus));
            Assert.Equal(DateTime.UtcNow + TimeSpan.FromMinutes(1), waiting.NextAttemptAt!.Value, TimeSpan.FromSeconds(20));
        }

        Assert.Empty(receiver.Requests);
        var told = Assert.Single(_app.Logs.Lines, line => line.Text.Contains("secret cannot be decrypted", StringComparison.Ordinal));
        Assert.Contains("The key was taken away.", told.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(nameof(SecretUnavailableException), told.Text, StringComparison.Ordinal);

        _keys.Available = true;
        var result = await _app.AttemptAsync(delivery);

        Assert.Equal(new AttemptResult("succeeded", 1, 200, null), result);
        Assert.Single(_app.Logs.Lines, line => line.Text.Contains("secret can be decrypted again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_transform_that_does_not_get_its_turn_spends_no_attempt()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var app = await FunctionsApp.StartAsync(
            adjust: services => services.Replace(ServiceDescriptor.Singleton(ImpatientTransforms.Create())));
        await app.AddWebhookAsync(_organization, receiver.Url);
        await app.QueryAsync<Guid>(
            "UPDATE webhooks SET transform = 'function handler(w) { return w; }', transform_id = gen_random_uuid() RETURNING id");
        var delivery = Assert.Single(await app.PublishAsync(_organization));

        var waiting = await app.AttemptAsync(delivery);

        Assert.Equal(("pending", 0, null), (waiting.Status, waiting.Attempt, waiting.LastStatus));
        Assert.Equal(DateTime.UtcNow + TimeSpan.FromMinutes(1), waiting.NextAttemptAt!.Value, TimeSpan.FromSeconds(20));
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task Without_the_key_an_old_delivery_waits_for_longer_so_that_its_history_stays_short()
    {
        await using var receiver = await Receiver.StartAsync();
        var delivery = await PublishAsync(receiver);
        await _app.ExecuteAsync("UPDATE webhook_deliveries SET created_at = now() - interval '1 day' WHERE id = $1", delivery);
        _keys.Available = false;

        var result = await _app.AttemptAsync(delivery);

        Assert.Equal(DateTime.UtcNow + TimeSpan.FromMinutes(15), result.NextAttemptAt!.Value, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task An_attempt_under_way_when_the_instance_is_stopped_is_finished_and_recorded()
    {
        var arrived = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync((_, context) => AnswerWhenAskedAsync(arrived, answer.Task, context));
        var delivery = await PublishAsync(receiver);
        using var stop = new CancellationTokenSource();
        var attempt = _app.Function<AttemptDelivery>().RunAsync(new DeliveryInput(delivery), stop.Token);
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancel);

        await stop.CancelAsync();
        answer.SetResult();

        Assert.Equal(new AttemptResult("succeeded", 1, 200, null), await attempt);
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task An_attempt_that_does_not_end_when_the_instance_is_stopped_is_released_for_another()
    {
        var arrived = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync(
            (_, context) => AnswerWhenAskedAsync(arrived, Task.Delay(Timeout.Infinite, context.RequestAborted), context));
        var delivery = await PublishAsync(receiver);
        using var stop = new CancellationTokenSource();
        var attempt = _app.Function<AttemptDelivery>().RunAsync(new DeliveryInput(delivery), stop.Token);
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancel);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt);
        Assert.NotNull(await _app.Services.GetRequiredService<DeliveryStore>().ClaimAsync(delivery, TimeSpan.FromMinutes(1), Cancel));
    }

    [Fact]
    public async Task A_webhooks_own_schedule_says_when_to_come_back_and_when_it_is_over_also_when_it_changes_meanwhile()
    {
        await using var receiver = await Receiver.StartAsync(_ => 500);
        var webhook = await _app.AddWebhookAsync(_organization, receiver.Url);
        await _app.ChangeWebhookAsync(_organization, webhook, new { retry_delays = new[] { 604800, 30, 5, 5 } });
        var delivery = Assert.Single(await _app.PublishAsync(_organization));

        var first = await _app.AttemptAsync(delivery);
        Assert.Equal(("pending", 1), (first.Status, first.Attempt));
        Assert.Equal(DateTime.UtcNow.AddDays(7), first.NextAttemptAt!.Value, TimeSpan.FromSeconds(20));

        await ComeAsync(delivery);
        var second = await _app.AttemptAsync(delivery);
        Assert.Equal(DateTime.UtcNow.AddSeconds(30), second.NextAttemptAt!.Value, TimeSpan.FromSeconds(20));

        await _app.ChangeWebhookAsync(_organization, webhook, new { retry_delays = new[] { 1, 1 } });
        await ComeAsync(delivery);
        Assert.Equal(new AttemptResult("failed", 3, 500, null), await _app.AttemptAsync(delivery));
        Assert.Equal(3, receiver.Requests.Count);
    }

    [Fact]
    public async Task A_webhook_without_waits_gets_one_attempt_which_has_the_webhooks_own_time()
    {
        await using var receiver = await Receiver.StartAsync(async (_, context) =>
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing));
        var webhook = await _app.AddWebhookAsync(_organization, receiver.Url);
        await _app.ChangeWebhookAsync(_organization, webhook, new { retry_delays = Array.Empty<int>(), timeout_seconds = 1 });
        var delivery = Assert.Single(await _app.PublishAsync(_organization));

        var result = await _app.AttemptAsync(delivery);

        Assert.Equal(new AttemptResult("failed", 1, null, null), result);
        Assert.Equal(["timeout"], await _app.QueryAsync<string>("SELECT error FROM webhook_deliveries WHERE id = $1", delivery));
        Assert.InRange(
            Assert.Single(await _app.QueryAsync<int>("SELECT duration_ms FROM webhook_deliveries WHERE id = $1", delivery)), 900, 20_000);
    }

    [Fact]
    public async Task A_delivery_goes_from_the_queue_to_the_receiver_through_three_attempts()
    {
        await using var receiver = await Receiver.StartAsync(request => request.Headers["X-Webhook-Attempt"] == "3" ? 200 : 500);
        await _app.AddWebhookAsync(_organization, receiver.Url);
        var message = await _app.Queues.ReceiveEventAsync(AppCalls.EventMessage(_organization));
        await _app.Function<FanOutEvent>().RunAsync(message, _app.Orchestrations, Cancel);
        var delivery = Assert.Single(_app.StartedIds());

        var replay = new Replay(delivery, DateTimeOffset.UtcNow, async input =>
        {
            await ComeAsync(input.DeliveryId);
            return await _app.AttemptAsync(input.DeliveryId);
        });

        Assert.Equal("\"succeeded\"", (await replay.RunAsync()).Result);
        Assert.Equal(["1", "2", "3"], receiver.Requests.Select(request => request.Headers["X-Webhook-Attempt"]));
        Assert.Single(receiver.Requests.Select(request => Convert.ToBase64String(request.Body)).Distinct());
        Assert.Equal("""{"attempt":3,"last_status":200,"next_attempt_at":null}""", replay.CustomStatus);
    }

    [Fact]
    public async Task A_rotation_of_the_secret_holds_at_the_next_attempt()
    {
        await using var receiver = await Receiver.StartAsync(_ => 500);
        var webhook = await _app.AddWebhookAsync(_organization, receiver.Url);
        var delivery = Assert.Single(await _app.PublishAsync(_organization));
        using var client = _app.For(_organization);
        await AttemptNowAsync(delivery);

        await client.PostAsync($"/api/v1/webhooks/{webhook}/secret/rotate", content: null, Cancel);
        await AttemptNowAsync(delivery);
        await client.PostAsync($"/api/v1/webhooks/{webhook}/secret/promote", content: null, Cancel);
        await AttemptNowAsync(delivery);
        await client.DeleteAsync($"/api/v1/webhooks/{webhook}/secret/previous", Cancel);
        await AttemptNowAsync(delivery);

        var requests = receiver.Requests;
        var ofBody = requests.Select(request => request.Headers["X-Webhook-Signature"]).ToList();
        Assert.Equal([1, 2, 2, 1], requests.Select(request => request.Headers["webhook-signature"].Split(' ').Length));
        Assert.Equal([null, ofBody[3], null, null], requests.Select(request => request.Header("X-Webhook-Signature-Next")));
        Assert.Equal([ofBody[0], ofBody[0], ofBody[3], ofBody[3]], ofBody);
        Assert.NotEqual(ofBody[0], ofBody[3]);
    }

    private async Task AttemptNowAsync(Guid delivery)
    {
        await _app.ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = now() WHERE id = $1", delivery);
        await _app.AttemptAsync(delivery);
    }

    private static Task AnswerWhenAskedAsync(TaskCompletionSource arrived, Task asked, HttpContext context)
    {
        arrived.TrySetResult();
        return asked.WaitAsync(context.RequestAborted);
    }

    /// <summary>Lets the time of the next attempt come.</summary>
    private Task<int> ComeAsync(Guid delivery) =>
        _app.ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = now() WHERE id = $1", delivery);

    private async Task<Guid> PublishAsync(Receiver receiver)
    {
        await _app.AddWebhookAsync(_organization, receiver.Url);
        return Assert.Single(await _app.PublishAsync(_organization));
    }
}
