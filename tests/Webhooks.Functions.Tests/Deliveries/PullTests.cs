using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Webhooks.Api.Authentication;
using Webhooks.Functions.Deliveries;
using Webhooks.Functions.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Functions.Tests.Deliveries;

/// <summary>Deliveries that are pulled, which have no orchestrations.</summary>
public sealed class PullTests : IAsyncLifetime
{
    private readonly Guid _organization = Guid.NewGuid();
    private FunctionsApp _app = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _app = await FunctionsApp.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task An_event_for_a_webhook_that_is_pulled_from_is_accepted_and_starts_nothing()
    {
        await _app.ChangeWebhookAsync(_organization, await _app.AddWebhookAsync(_organization), new { mode = "pull" });

        var message = await _app.Queues.ReceiveEventAsync(AppCalls.EventMessage(_organization));
        var result = await _app.Function<FanOutEvent>().RunAsync(message, _app.Orchestrations, Cancel);
        await _app.PublishAsync(_organization);

        Assert.Empty(result.Deliveries);
        Assert.Empty(_app.Orchestrations.Starts);
        Assert.Empty(await _app.Queues.TakeDeliveriesAsync());
        Assert.Equal(
            [true, true], await _app.QueryAsync<bool>("SELECT status = 'pending' AND lease_until = 'infinity' FROM webhook_deliveries"));
    }

    [Fact]
    public async Task An_orchestration_ends_when_its_delivery_is_to_be_pulled()
    {
        await using var receiver = await Receiver.StartAsync(_ => 500);
        var webhook = await _app.AddWebhookAsync(_organization, receiver.Url);
        var delivery = Assert.Single(await _app.PublishAsync(_organization));
        await _app.AttemptAsync(delivery);
        await _app.ChangeWebhookAsync(_organization, webhook, new { mode = "pull" });
        await _app.ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = now()");

        var result = await _app.AttemptAsync(delivery);

        Assert.Equal(("pending", 1, null, "pull"), (result.Status, result.Attempt, result.NextAttemptAt, result.Held?.By));
        Assert.Single(receiver.Requests);
        Assert.Equal(result, await _app.AttemptAsync(delivery));
    }

    [Fact]
    public async Task What_waits_to_be_pulled_is_enqueued_when_the_mode_becomes_push()
    {
        var webhook = await _app.AddWebhookAsync(_organization);
        await _app.ChangeWebhookAsync(_organization, webhook, new { mode = "pull" });
        var delivery = Assert.Single(await _app.PublishAsync(_organization));
        Assert.Empty(await _app.Queues.TakeDeliveriesAsync());

        await _app.ChangeWebhookAsync(_organization, webhook, new { mode = "push", url = "http://127.0.0.1:9000/hook" });

        Assert.Equal([delivery], AppQueues.Ids(await _app.Queues.TakeDeliveriesAsync()));
    }

    [Fact]
    public async Task A_delivery_that_is_pulled_over_the_app_and_not_reported_is_recorded_by_the_timer()
    {
        var webhook = await _app.AddWebhookAsync(_organization);
        await _app.ChangeWebhookAsync(_organization, webhook, new { mode = "pull" });
        await _app.PublishAsync(_organization);
        using var receiver = _app.For(_organization, Scopes.PullDeliveries);
        using var answer = await receiver.PostAsJsonAsync($"/api/v1/webhooks/{webhook}/pull", new { limit = 1 }, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Single((await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!["deliveries"]!.AsArray());
        await _app.ExecuteAsync("UPDATE pull_leases SET lease_until = now()");

        await _app.RunMaintenanceAsync();

        Assert.Equal(["timeout"], await _app.QueryAsync<string>("SELECT error FROM webhook_deliveries WHERE attempt_number = 1"));
        Assert.Empty(_app.Orchestrations.Starts);
    }
}
