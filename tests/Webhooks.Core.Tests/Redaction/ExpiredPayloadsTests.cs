using Webhooks.Core.Redaction;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Redaction;

public sealed class ExpiredPayloadsTests : DatabaseTest
{
    private readonly Guid _org = Guid.NewGuid();
    private readonly LogLines<ExpiredPayloads> _log = new();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await AddWebhookAsync(_org);
    }

    [Fact]
    public async Task Payloads_older_than_their_retention_are_erased_and_younger_ones_and_all_rows_stay()
    {
        const int Old = (2 * ExpiredPayloads.MostPerStatement) + 100;
        await PublishManyAsync(_org, Old);
        await EndAsync();
        await AgeAsync(TimeSpan.FromDays(8));
        await PublishManyAsync(_org, 3);
        await EndAsync();

        await EraseAsync();

        Assert.Equal(Old, await CountErasedAsync());
        Assert.Equal(Old + 3, await QueryAsync<int>("SELECT count(*)::int FROM webhook_deliveries"));
        Assert.Contains($"{Old} deliveries", Assert.Single(_log.Lines), StringComparison.Ordinal);
        await EraseAsync();
        Assert.Single(_log.Lines);
    }

    [Fact]
    public async Task What_is_pending_keeps_its_payload_until_it_has_ended()
    {
        await PublishManyAsync(_org, 2);
        await AgeAsync(TimeSpan.FromDays(8));
        await EraseAsync();
        var whilePending = await CountErasedAsync();
        await EraseAsync();

        await EndAsync();
        await EraseAsync();

        Assert.Equal((0, 2), (whilePending, await CountErasedAsync()));
        Assert.Equal(0, await QueryAsync<int>("SELECT count(*)::int FROM unerased_payloads"));
    }

    [Fact]
    public async Task An_event_with_an_older_id_keeps_its_payload_for_as_long_as_others()
    {
        // The first goes through all that is older; then one comes whose id says so, too.
        await PublishManyAsync(_org, 1);
        await EndAsync();
        await AgeAsync(TimeSpan.FromDays(8));
        await EraseAsync();
        var late = Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-6));
        await Publisher.PublishAsync([Message(_org, key: late.ToString())], Cancel);
        await EndAsync();

        await EraseAsync(TimeSpan.FromDays(2));
        var young = await CountErasedAsync();
        await ExecuteAsync("UPDATE webhook_deliveries SET created_at = now() - interval '2 hours' WHERE redacted_at IS NULL");
        await ExecuteAsync("UPDATE late_deliveries SET created_at = now() - interval '2 hours'");
        await EraseAsync(TimeSpan.FromHours(1));

        Assert.Equal((1, 2), (young, await CountErasedAsync()));
    }

    [Fact]
    public async Task Processes_that_erase_at_once_beside_an_engine_lose_and_block_nothing()
    {
        const int Old = 3 * ExpiredPayloads.MostPerStatement;
        await PublishManyAsync(_org, Old);
        await AgeAsync(TimeSpan.FromDays(8));

        await Task.WhenAll(EndAsync(), EraseAsync(), EraseAsync(), EraseAsync());
        await EraseAsync();

        Assert.Equal(Old, await CountErasedAsync());
        Assert.Equal(0, await QueryAsync<int>("SELECT count(*)::int FROM unerased_payloads"));
        await AssertNoDeadlocksAsync();
    }

    [Fact]
    public async Task Payloads_are_kept_as_long_as_their_deliveries_by_default()
    {
        await PublishManyAsync(_org, 1);
        await EndAsync();
        await AgeAsync(TimeSpan.FromDays(80));

        await new ExpiredPayloads(Database, new WebhooksOptions(), TimeProvider.System, _log).EraseAsync(Cancel);

        Assert.Equal(0, await CountErasedAsync());
    }

    private Task EraseAsync(TimeSpan? retention = null)
    {
        var options = new WebhooksOptions { PayloadRetention = retention ?? TimeSpan.FromDays(7) };
        return new ExpiredPayloads(Database, options, TimeProvider.System, _log).EraseAsync(Cancel);
    }

    private Task<int> EndAsync() => ExecuteAsync(
        """
        UPDATE webhook_deliveries SET status = 'succeeded', next_attempt_at = NULL
        WHERE id = ANY (ARRAY (SELECT id FROM webhook_deliveries WHERE status = 'pending' ORDER BY id FOR UPDATE))
        """);

    /// <summary>Makes all deliveries so much older, as if time had passed.</summary>
    private Task<int> AgeAsync(TimeSpan age) => ExecuteAsync(
        """
        UPDATE webhook_deliveries SET
            created_at = created_at - $1,
            id = (left(webhook_least_id(created_at - $1)::text, 14) || right(id::text, 22))::uuid
        """,
        age);

    private Task<int> CountErasedAsync() => QueryAsync<int>(
        "SELECT count(*)::int FROM webhook_deliveries WHERE redacted_at IS NOT NULL AND payload = 'null' AND response_body IS NULL");
}
