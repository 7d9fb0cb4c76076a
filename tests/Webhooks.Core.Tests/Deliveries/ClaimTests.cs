using System.Text;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Idempotency;
using Webhooks.Core.Secrets;
using Webhooks.Core.Tests.Postgres;
using Webhooks.Core.Webhooks;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Deliveries;

public sealed class ClaimTests : DatabaseTest
{
    private static readonly TimeSpan _lease = TimeSpan.FromMinutes(1);

    private readonly Guid _org = Guid.NewGuid();

    [Fact]
    public async Task A_claim_has_all_that_the_attempt_needs()
    {
        var webhook = await AddWebhookAsync(_org, "user.created");
        var published = Assert.Single(await Publisher.PublishAsync([Message(_org, data: """{"name":"Zoë"}""")], Cancel));

        var claim = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));

        Assert.Equal(Assert.Single(published.NewDeliveries), claim.Id);
        Assert.Equal(webhook, claim.WebhookId);
        Assert.Equal(_org, claim.OrgId);
        Assert.Equal(published.Id, claim.EventId);
        Assert.Equal("user.created", claim.Event);
        Assert.Equal(await QueryAsync<string>("SELECT payload::text FROM webhook_deliveries"), Encoding.UTF8.GetString(claim.Body.Span));
        Assert.Equal(0, claim.AttemptsMade);
        Assert.False(claim.Test);
        Assert.Equal("https://example.com/hook", claim.Url);
        Assert.Equal("encrypted", claim.EncryptedSecret);
        Assert.True(claim.WebhookActive);
        Assert.Null(claim.Schedule);
    }

    [Fact]
    public async Task However_a_delivery_is_claimed_its_webhooks_own_schedule_comes_with_it()
    {
        var webhook = await AddWebhookAsync(_org);
        var ids = await PublishManyAsync(_org, 3);
        await ExecuteAsync("UPDATE webhooks SET retry_delays = '{1,604800}', timeout_seconds = 7");

        ClaimedDelivery?[] claims =
        [
            await Deliveries.ClaimAsync(ids[0], _lease, Cancel),
            .. await Deliveries.ClaimForWebhooksAsync(new Dictionary<Guid, int> { [webhook] = 1 }, _lease, Cancel),
            .. await Deliveries.ClaimDueAsync(10, _lease, Cancel),
        ];

        Assert.Equal(3, claims.Length);
        Assert.All(claims, claim =>
        {
            Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)], claim?.Schedule?.RetryDelays?.Delays);
            Assert.Equal(TimeSpan.FromSeconds(7), claim?.Schedule?.Timeout);
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task While_an_overlap_runs_a_claim_has_the_secret_before_too(bool promoted)
    {
        var webhook = await AddWebhookAsync(_org);
        var id = await PublishAsync(_org);
        await ExecuteAsync(
            """
            UPDATE webhooks
            SET previous_secret = 'before', previous_secret_expires_at = now() + interval '1 hour', secret_promoted = $1
            """,
            promoted);

        var claim = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        await Deliveries.ReleaseAsync([claim], Cancel);
        var ofWebhook = Assert.Single(
            await Deliveries.ClaimForWebhooksAsync(new Dictionary<Guid, int> { [webhook] = 1 }, _lease, Cancel));
        await Deliveries.ReleaseAsync([ofWebhook], Cancel);
        var alone = Required(await Deliveries.ClaimAsync(id, _lease, Cancel));

        Assert.All([claim, ofWebhook, alone], item => Assert.Equal(new PreviousSecret("before", promoted), item.PreviousSecret));
    }

    [Fact]
    public async Task After_its_end_by_the_databases_clock_a_claim_has_no_secret_before()
    {
        await AddWebhookAsync(_org);
        await PublishAsync(_org);
        await ExecuteAsync("UPDATE webhooks SET previous_secret = 'before', previous_secret_expires_at = now()");

        Assert.Null(Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel)).PreviousSecret);
    }

    [Fact]
    public async Task A_claim_is_read_by_the_names_of_its_columns_whatever_their_order()
    {
        await AddWebhookAsync(_org);
        await PublishAsync(_org);
        await ExecuteAsync("UPDATE webhooks SET headers = 'encrypted', header_names = '{X-Api-Key}'");
        await ExecuteAsync("UPDATE webhooks SET transform = '', transform_id = gen_random_uuid()");
        await ExecuteAsync("UPDATE webhook_deliveries SET deliver_at = created_at + interval '1 ms'");
        await ExecuteAsync("UPDATE webhook_deliveries SET sent_body = '{}', sent_headers = '{}'");
        var claim = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));

        await using var command = Database.CreateCommand(
            """
            SELECT headers, deliver_at, timeout_seconds, trace_parent, delivery.created_at, retry_delays, active AS webhook_active, secret,
                   url, test, attempt_number, sent_body AS body, sent_headers::text AS sent_headers, transform_id, event, event_id,
                   delivery.org_id, secret_promoted, previous_secret, webhook_id, mode = 'pull' AS pulled,
                   lease_token, delivery.id, next_trigger, cancel_requested, lease_until - interval '1 minute' AS claimed_at
            FROM webhook_deliveries AS delivery JOIN webhooks ON webhooks.id = webhook_id
            """);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        Assert.True(await reader.ReadAsync(Cancel));
        var read = new ClaimReader(reader).Read();

        Assert.Equal(claim.Body.ToArray(), read.Body.ToArray());
        Assert.Equal(claim with { Body = read.Body }, read);
        Assert.Equal("encrypted", read.EncryptedHeaders);
        Assert.Equal("{}", read.SentHeaders);
        Assert.NotNull(read.TransformId);
        Assert.NotNull(read.DeliverAt);
    }

    [Fact]
    public async Task A_claimed_delivery_is_not_claimed_again_until_its_lease_has_ended()
    {
        await AddWebhookAsync(_org);
        var id = await PublishAsync(_org);
        var first = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));

        Assert.Empty(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        Assert.Empty(await Deliveries.ClaimForWebhooksAsync(new Dictionary<Guid, int> { [first.WebhookId] = 10 }, _lease, Cancel));
        Assert.Null(await Deliveries.ClaimAsync(id, _lease, Cancel));

        await ExecuteAsync("UPDATE webhook_deliveries SET lease_until = now() - interval '1 second'");
        var second = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        Assert.Equal(id, second.Id);
        Assert.NotEqual(first.LeaseToken, second.LeaseToken);
    }

    [Fact]
    public async Task Nothing_is_claimed_before_it_is_due()
    {
        var webhook = await AddWebhookAsync(_org);
        var id = await PublishAsync(_org);
        await ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = now() + interval '1 hour'");

        Assert.Empty(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        Assert.Empty(await Deliveries.ClaimForWebhooksAsync(new Dictionary<Guid, int> { [webhook] = 10 }, _lease, Cancel));
        Assert.Null(await Deliveries.ClaimAsync(id, _lease, Cancel));
    }

    [Fact]
    public async Task A_delivery_that_has_ended_is_not_claimed()
    {
        var webhook = await AddWebhookAsync(_org);
        var id = await PublishAsync(_org);
        await ExecuteAsync("UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL");

        Assert.Empty(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        Assert.Empty(await Deliveries.ClaimForWebhooksAsync(new Dictionary<Guid, int> { [webhook] = 10 }, _lease, Cancel));
        Assert.Null(await Deliveries.ClaimAsync(id, _lease, Cancel));
        Assert.Null(await Deliveries.ClaimAsync(Guid.CreateVersion7(), _lease, Cancel));
    }

    [Fact]
    public async Task One_delivery_can_be_claimed_by_its_id()
    {
        await AddWebhookAsync(_org);
        var ids = await PublishManyAsync(_org, 2);

        Assert.Equal(ids[1], (await Deliveries.ClaimAsync(ids[1], _lease, Cancel))?.Id);
        Assert.Null(await Deliveries.ClaimAsync(ids[1], _lease, Cancel));
        Assert.Equal(ids[0], Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel)).Id);
    }

    [Fact]
    public async Task What_has_been_due_longest_is_claimed_first()
    {
        await AddWebhookAsync(_org);
        var ids = await PublishManyAsync(_org, 5);
        for (var index = 0; index < ids.Count; index++)
        {
            await ExecuteAsync(
                "UPDATE webhook_deliveries SET next_attempt_at = now() - $2 * interval '1 minute' WHERE id = $1", ids[index], index);
        }

        var claims = await Deliveries.ClaimDueAsync(3, _lease, Cancel);

        Assert.Equal([ids[4], ids[3], ids[2]], claims.Select(claim => claim.Id));
    }

    [Fact]
    public async Task Concurrent_claims_never_overlap_and_together_take_everything()
    {
        var webhook = await AddWebhookAsync(_org);
        var ids = await PublishManyAsync(_org, 400);
        var limits = new Dictionary<Guid, int> { [webhook] = 7 };

        var claimers = Enumerable.Range(0, 10).Select(number => Task.Run(() => ClaimUntilNothingIsLeftAsync(number, limits), Cancel));
        var claimed = (await Task.WhenAll(claimers)).SelectMany(taken => taken).ToArray();

        Assert.Equal(400, claimed.Length);
        Assert.Equal(ids.Order(), claimed.Order());
    }

    [Fact]
    public async Task Each_webhook_gives_no_more_than_its_limit()
    {
        var one = await AddWebhookAsync(_org);
        var two = await AddWebhookAsync(_org);
        await AddWebhookAsync(_org);
        await PublishManyAsync(_org, 5);

        var claims = await Deliveries.ClaimForWebhooksAsync(new Dictionary<Guid, int> { [one] = 2, [two] = 10 }, _lease, Cancel);

        Assert.Equal([2, 5], claims.CountBy(claim => claim.WebhookId).OrderBy(count => count.Value).Select(count => count.Value));
        Assert.Equal([one, two], claims.Select(claim => claim.WebhookId).Distinct().Order());
    }

    [Fact]
    public async Task No_webhooks_give_no_claims() =>
        Assert.Empty(await Deliveries.ClaimForWebhooksAsync(new Dictionary<Guid, int>(), _lease, Cancel));

    [Fact]
    public async Task A_released_claim_is_due_again_at_once_and_its_result_is_not_recorded()
    {
        await AddWebhookAsync(_org);
        await PublishManyAsync(_org, 2);
        var claims = await Deliveries.ClaimDueAsync(10, _lease, Cancel);

        await Deliveries.ReleaseAsync([claims[0]], Cancel);

        var recorded = await Deliveries.RecordAsync([new DeliveryResult(claims[0], Attempt: null, new NextStep.Canceled())], Cancel);
        Assert.Empty(recorded.Ids);
        Assert.Equal(claims[0].Id, Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel)).Id);
    }

    [Fact]
    public async Task A_claim_that_was_lost_is_neither_released_nor_parked()
    {
        await AddWebhookAsync(_org);
        await PublishAsync(_org);
        var lost = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        await ExecuteAsync("UPDATE webhook_deliveries SET lease_until = now() - interval '1 second'");
        var held = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));

        await Deliveries.ReleaseAsync([lost], Cancel);
        await Deliveries.ParkAsync([lost], TimeSpan.Zero, TimeSpan.Zero, Cancel);

        Assert.Equal(held.LeaseToken, await QueryAsync<Guid>("SELECT lease_token FROM webhook_deliveries"));
    }

    [Fact]
    public async Task Giving_back_nothing_does_nothing()
    {
        await Deliveries.ReleaseAsync([], Cancel);
        await Deliveries.ParkAsync([], TimeSpan.Zero, TimeSpan.Zero, Cancel);
    }

    [Fact]
    public async Task A_parked_delivery_is_out_of_the_way_but_found_for_its_webhook()
    {
        await AddWebhookAsync(_org);
        var id = await PublishAsync(_org);
        var claim = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));

        await Deliveries.ParkAsync([claim], TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), Cancel);

        Assert.Empty(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        var again = Assert.Single(
            await Deliveries.ClaimForWebhooksAsync(new Dictionary<Guid, int> { [claim.WebhookId] = 1 }, _lease, Cancel));
        Assert.Equal(id, again.Id);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(7, 7)]
    [InlineData(100, 60)]
    public async Task Parking_lasts_as_long_as_the_delivery_has_been_due_within_bounds(int minutesDue, int minutesParked)
    {
        await AddWebhookAsync(_org);
        await PublishAsync(_org);
        await ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = now() - $1 * interval '1 minute'", minutesDue);
        var claim = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));

        await Deliveries.ParkAsync([claim], TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(60), Cancel);

        var parked = await QueryAsync<TimeSpan>("SELECT lease_until - now() FROM webhook_deliveries WHERE lease_token IS NULL");
        Assert.InRange(parked, TimeSpan.FromMinutes(minutesParked - 1), TimeSpan.FromMinutes(minutesParked + 1));

        await ExecuteAsync("UPDATE webhook_deliveries SET lease_until = now()");
        Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
    }

    [Fact]
    public async Task Claiming_recording_releasing_parking_and_canceling_at_once_do_not_deadlock()
    {
        var webhook = await AddWebhookAsync(_org);
        await PublishManyAsync(_org, 200);
        var store = new WebhookStore(
            Database, new SecretProtector(new SwitchableKeyRing()), new KeyedRequests(Database), Probes, Unpulled, new WebhooksOptions());

        await Parallel.ForAsync(0, 12, Cancel, async (number, cancel) =>
        {
            var random = new Random(number);
            for (var round = 0; round < 10; round++)
            {
                // A lease of no time is lost at once, so that the same rows are in many hands.
                var claims = await Deliveries.ClaimDueAsync(50, TimeSpan.Zero, cancel);
                var some = claims.OrderBy(_ => random.Next()).ToArray();
                await (random.Next(4) switch
                {
                    0 => Deliveries.ReleaseAsync(some, cancel),
                    1 => Deliveries.ParkAsync(some, TimeSpan.Zero, TimeSpan.Zero, cancel),
                    2 => Deliveries.RecordAsync(
                        [.. some.Take(2).Select(claim => new DeliveryResult(claim, null, new NextStep.Canceled()))], cancel),
                    _ => store.UpdateAsync(_org, webhook, new WebhookChanges(Active: round % 2 == 0), states: null, cancel),
                });
                await PublishManyAsync(_org, 5);
            }
        });

        await AssertNoDeadlocksAsync();
    }

    private async Task<IReadOnlyList<Guid>> ClaimUntilNothingIsLeftAsync(int number, Dictionary<Guid, int> limits)
    {
        var taken = new List<Guid>();
        while (await QueryAsync<bool>("SELECT EXISTS (SELECT FROM webhook_deliveries WHERE lease_token IS NULL)"))
        {
            var claims = number % 2 == 0
                ? await Deliveries.ClaimDueAsync(7, _lease, Cancel)
                : await Deliveries.ClaimForWebhooksAsync(limits, _lease, Cancel);
            taken.AddRange(claims.Select(claim => claim.Id));
        }

        return taken;
    }
}
