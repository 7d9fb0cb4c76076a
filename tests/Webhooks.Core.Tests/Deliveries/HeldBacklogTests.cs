using Webhooks.Core.Deliveries;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Deliveries;

public sealed class HeldBacklogTests : DatabaseTest
{
    private static readonly TimeSpan _least = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _most = TimeSpan.FromMinutes(15);

    private readonly Guid _org = Guid.NewGuid();
    private readonly Guid _otherOrg = Guid.NewGuid();

    private HeldBacklog Held => new(Database);

    [Fact]
    public async Task What_is_due_for_a_paused_webhook_is_parked_until_the_pause_is_over_and_nothing_else_is()
    {
        var (paused, other) = await AddWebhooksAsync();
        await PublishManyAsync(_org, 3);
        await PublishManyAsync(_otherOrg, 2);
        await PauseAsync(paused, "1 h");

        var parked = await Held.ParkAsync(100, _least, _most, Cancel);

        Assert.Equal(new Dictionary<Guid, int> { [paused] = 3 }, parked);
        var claims = await Deliveries.ClaimDueAsync(100, TimeSpan.FromMinutes(1), Cancel);
        Assert.Equal([other, other], claims.Select(claim => claim.WebhookId));
        Assert.Equal(3, await CountAsync("lease_until - (SELECT paused_until FROM webhook_health WHERE openings > 0) = interval '30 s'"));
        var asked = await Deliveries.ClaimForWebhooksAsync(
            new Dictionary<Guid, int> { [paused] = 10 }, TimeSpan.FromMinutes(1), Cancel);
        Assert.Equal(3, asked.Count);
    }

    [Fact]
    public async Task A_webhook_that_waits_for_its_probe_is_paused_although_the_time_is_up()
    {
        var (paused, _) = await AddWebhooksAsync();
        await PublishManyAsync(_org, 2);
        await ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = now() - interval '1 day'");
        await PauseAsync(paused, "-1 min");

        var parked = await Held.ParkAsync(100, _least, _most, Cancel);

        Assert.Equal(2, parked[paused]);
        Assert.Equal(2, await CountAsync("lease_until BETWEEN now() + interval '14 min' AND now() + interval '15 min'"));
    }

    [Fact]
    public async Task Only_the_head_of_the_backlog_is_looked_at()
    {
        var (paused, _) = await AddWebhooksAsync();
        await PublishManyAsync(_org, 5);
        await PublishManyAsync(_otherOrg, 5);
        await ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = now() - interval '1 h' WHERE webhook_id <> $1", paused);
        await PauseAsync(paused, "1 h");

        Assert.Equal(2, (await Held.ParkAsync(7, _least, _most, Cancel))[paused]);
        Assert.Equal(2, (await Held.ParkAsync(7, _least, _most, Cancel))[paused]);
        Assert.Equal(1, (await Held.ParkAsync(7, _least, _most, Cancel))[paused]);
        Assert.Empty(await Held.ParkAsync(7, _least, _most, Cancel));
    }

    [Theory]
    [InlineData("test = true")]
    [InlineData("cancel_requested = true")]
    [InlineData("lease_until = now() + interval '1 min', lease_token = gen_random_uuid()")]
    [InlineData("next_attempt_at = now() + interval '1 min'")]
    [InlineData("status = 'succeeded', next_attempt_at = NULL")]
    public async Task What_is_a_test_or_canceled_or_being_attempted_or_not_due_or_over_is_left_alone(string state)
    {
        var (paused, _) = await AddWebhooksAsync();
        await PublishAsync(_org);
        await ExecuteAsync($"UPDATE webhook_deliveries SET {state}");
        await PauseAsync(paused, "1 h");

        Assert.Empty(await Held.ParkAsync(100, _least, _most, Cancel));
        Assert.Equal(0, await CountAsync("lease_until > now() + interval '30 min'"));
    }

    [Fact]
    public async Task Two_servers_at_once_park_each_delivery_once()
    {
        var (paused, _) = await AddWebhooksAsync();
        await PublishManyAsync(_org, 400);
        await PauseAsync(paused, "1 h");

        var parked = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Held.ParkAsync(100, _least, _most, Cancel)));

        Assert.Equal(
            await CountAsync("lease_until > now() + interval '30 min'"), parked.Sum(some => some.GetValueOrDefault(paused)));
    }

    private async Task<(Guid Paused, Guid Other)> AddWebhooksAsync() => (await AddWebhookAsync(_org), await AddWebhookAsync(_otherOrg));

    private Task<int> PauseAsync(Guid webhook, string time) => ExecuteAsync(
        """
        INSERT INTO webhook_health (webhook_id, openings, opened_at, paused_until, paused_by)
        VALUES ($1, 1, now(), now() + $2::text::interval, 'circuit')
        ON CONFLICT (webhook_id) DO UPDATE SET
            openings = excluded.openings, opened_at = excluded.opened_at,
            paused_until = excluded.paused_until, paused_by = excluded.paused_by
        """,
        webhook, time);

    private Task<int> CountAsync(string condition) =>
        QueryAsync<int>($"SELECT count(*)::int FROM webhook_deliveries WHERE {condition}");
}
