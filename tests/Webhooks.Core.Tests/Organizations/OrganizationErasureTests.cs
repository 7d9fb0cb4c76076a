using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Webhooks.Core.Audit;
using Webhooks.Core.Idempotency;
using Webhooks.Core.Organizations;
using Webhooks.Core.Recoveries;
using Webhooks.Core.Secrets;
using Webhooks.Core.Statistics;
using Webhooks.Core.Tests.Postgres;
using Webhooks.Core.Webhooks;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Organizations;

public sealed class OrganizationErasureTests : DatabaseTest
{
    private static readonly TimeSpan _long = TimeSpan.FromMinutes(2);

    private readonly Guid _org = Guid.NewGuid();
    private readonly Guid _other = Guid.NewGuid();

    private OrganizationErasures Erasures =>
        new(Database, new StatisticsFolding(Database), TimeProvider.System, NullLogger<OrganizationErasures>.Instance);

    private OrganizationStore Organizations => new(Database);

    [Fact]
    public async Task All_that_there_is_of_an_organization_is_erased_and_reported_and_nothing_of_another()
    {
        await FillAsync(_org);
        await FillAsync(_other);
        await Publisher.PublishAsync([Message(_org)], Cancel);
        var before = await RowsAsync(_org);
        var others = await RowsAsync(_other);
        Assert.All(before, table => Assert.True(table.Value > 0, $"{table.Key} holds nothing to erase: let this test fill it."));
        Actor.Current = new Actor(ActorKind.User, "ops-1", "203.0.113.7", null);

        await Erasures.BeginAsync(_org, Cancel);
        Assert.True(await Erasures.ContinueAsync(_org, _long, Cancel));

        Assert.All(await RowsAsync(_org), table => Assert.Equal(0, table.Value));
        string[] counted = ["webhook_statistics", "webhook_statistics_changes"];
        Assert.Equal(
            others.Where(table => !counted.Contains(table.Key)),
            (await RowsAsync(_other)).Where(table => !counted.Contains(table.Key)));
        Assert.Equal(1, await QueryAsync<long>("SELECT count(*) FROM recovery_deliveries"));
        var report = Required((await Organizations.FindAsync(_org, Cancel))!.Erasure);
        Assert.NotNull(report.FinishedAt);
        Assert.Equal("user ops-1", report.RequestedBy);
        foreach (var (table, rows) in before)
        {
            // The beginning deletes the webhooks, which audit entries tell of, and cancels recoveries; what is not counted yet is counted.
            Assert.InRange(
                report.Rows.GetValueOrDefault(table),
                table == "webhook_statistics_changes" ? 0 : rows,
                table is "audit_entries" or "webhook_statistics" ? 3 * rows : rows);
        }

        Assert.Equal(1, report.Rows["recovery_deliveries"]);
    }

    [Fact]
    public async Task No_table_that_holds_something_of_organizations_is_forgotten()
    {
        string[] waysOfTheirOwn = ["webhook_deliveries", "webhook_statistics_changes", "audit_entries"];

        Assert.Equal(
            (await RowsAsync(_org)).Keys.Append("recovery_deliveries").Order(StringComparer.Ordinal),
            ErasedTable.All.Select(table => table.Name).Concat(waysOfTheirOwn).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_published_while_an_organization_is_erased_leaves_nothing_behind(bool eachForItself)
    {
        foreach (var _ in Enumerable.Range(0, 20))
        {
            await AddWebhookAsync(_org);
        }

        using var publisher = Publisher;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var accepted = new TaskCompletionSource();
        var publishing = Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var number = 0; ; number++)
            {
                var message = Message(_org, key: number % 2 == 0 ? $"{worker}-{number}" : null) with
                {
                    OwnId = eachForItself ? Guid.CreateVersion7() : null,
                };
                Task published = eachForItself
                    ? publisher.PublishEach([message], Cancel)[0].Published
                    : publisher.PublishAsync([message], Cancel);
                await published;
                accepted.TrySetResult();
            }
        })).ToArray();
        await accepted.Task;

        await Erasures.BeginAsync(_org, Cancel);
        Assert.True(await Erasures.ContinueAsync(_org, _long, Cancel));

        foreach (var publisherOfIt in publishing)
        {
            Assert.Equal(_org, (await Assert.ThrowsAsync<ErasedOrganizationException>(() => publisherOfIt)).OrgId);
        }

        Assert.All(await RowsAsync(_org), table => Assert.Equal(0, table.Value));
        await AddWebhookAsync(_other);
        Assert.Single(await publisher.PublishAsync([Message(_other)], Cancel));
    }

    [Fact]
    public async Task An_erasure_waits_for_a_transaction_that_began_before_it_and_erases_what_that_brings()
    {
        var webhook = await AddWebhookAsync(_org);
        await using var connection = await Database.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using (var insert = new NpgsqlCommand(
            $"""
            INSERT INTO event_keys (org_id, key, event_id) VALUES ('{_org}', 'late', '{_org}');
            INSERT INTO webhook_deliveries (id, webhook_id, org_id, event, event_id, payload, status)
            VALUES ('{Guid.CreateVersion7()}', '{webhook}', '{_org}', 'user.created', '{_org}', '{"{}"}', 'skipped');
            """,
            connection))
        {
            await insert.ExecuteNonQueryAsync(Cancel);
        }

        await Erasures.BeginAsync(_org, Cancel);
        var erasure = Task.Run(() => Erasures.ContinueAsync(_org, _long, Cancel), Cancel);
        await Eventually.HoldsAsync(
            async () => await QueryAsync<long>(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") > 0
                || erasure.IsCompleted,
            () => "the erasure does not wait for the delivery",
            Cancel);
        Assert.False(erasure.IsCompleted);
        await transaction.CommitAsync(Cancel);

        Assert.True(await erasure);
        Assert.All(await RowsAsync(_org), table => Assert.Equal(0, table.Value));
    }

    [Fact]
    public async Task An_erasure_that_was_broken_off_is_taken_up_by_whoever_does_the_chore_and_its_report_is_exact()
    {
        var webhook = await AddWebhookAsync(_org);
        await AddDeliveriesAsync(webhook, 3 * OrganizationErasures.MostPerStatement);
        await Erasures.BeginAsync(_org, Cancel);
        Assert.False(await Erasures.ContinueAsync(_org, TimeSpan.Zero, Cancel));
        var soFar = Required((await Organizations.FindAsync(_org, Cancel))!.Erasure);
        Assert.Null(soFar.FinishedAt);
        Assert.Equal(OrganizationErasures.MostPerStatement, soFar.Rows["webhook_deliveries"]);

        await Task.WhenAll(Erasures.RunAsync(_long, Cancel), Erasures.RunAsync(_long, Cancel));

        var report = Required((await Organizations.FindAsync(_org, Cancel))!.Erasure);
        Assert.NotNull(report.FinishedAt);
        Assert.Equal(3 * OrganizationErasures.MostPerStatement, report.Rows["webhook_deliveries"]);
        Assert.Equal(1, report.Rows["webhooks"]);
    }

    [Fact]
    public async Task Other_organizations_publish_and_record_while_one_with_much_is_erased_and_nobody_deadlocks()
    {
        var webhook = await AddWebhookAsync(_org);
        await AddDeliveriesAsync(webhook, 20_000);
        await AddWebhookAsync(_other);
        await Erasures.BeginAsync(_org, Cancel);

        var erasure = Task.Run(() => Erasures.ContinueAsync(_org, _long, Cancel), Cancel);
        var recorded = 0;
        while (!erasure.IsCompleted)
        {
            await PublishManyAsync(_other, 10);
            var claims = await Deliveries.ClaimDueAsync(10, TimeSpan.FromMinutes(1), Cancel);
            recorded += (await Deliveries.RecordAsync([.. claims.Select(claim => Health.Results.Answered(claim, 204))], Cancel)).Ids.Count;
        }

        Assert.True(await erasure);
        Assert.InRange(recorded, 10, int.MaxValue);
        Assert.Equal(0, await QueryAsync<long>("SELECT count(*) FROM webhook_deliveries WHERE org_id = $1", _org));
        await AssertNoDeadlocksAsync();
    }

    [Fact]
    public async Task What_is_claimed_of_an_erased_organization_is_gone_when_its_result_comes()
    {
        await AddWebhookAsync(_org);
        await PublishAsync(_org);
        var claim = Assert.Single(await Deliveries.ClaimDueAsync(1, TimeSpan.FromMinutes(1), Cancel));
        await Erasures.BeginAsync(_org, Cancel);
        Assert.True(await Erasures.ContinueAsync(_org, _long, Cancel));

        Assert.Empty((await Deliveries.RecordAsync([Health.Results.Answered(claim, 410)], Cancel)).Ids);

        Assert.All(await RowsAsync(_org), table => Assert.Equal(0, table.Value));
    }

    [Fact]
    public async Task No_webhook_is_made_for_an_erased_organization_and_its_key_is_not_taken()
    {
        await Erasures.BeginAsync(_org, Cancel);
        Assert.True(await Erasures.ContinueAsync(_org, _long, Cancel));

        await Assert.ThrowsAsync<ErasedOrganizationException>(() => Store.CreateAsync(_org, New(), new RequestKey("k", [1]), Cancel));
        await Assert.ThrowsAsync<ErasedOrganizationException>(
            () => Organizations.UpdateAsync(_org, new OrganizationChanges(Name: new("again")), Cancel));

        Assert.Equal(0, await QueryAsync<long>("SELECT count(*) FROM webhooks"));
        Assert.Equal(0, await QueryAsync<long>("SELECT count(*) FROM request_keys"));
        Assert.Null((await Organizations.FindAsync(_org, Cancel))!.Name);
    }

    [Fact]
    public async Task Webhooks_that_are_made_while_their_organization_is_erased_leave_nothing_behind()
    {
        var making = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                await Store.CreateAsync(_org, New(), key: null, Cancel);
            }
        })).ToArray();
        await Eventually.HoldsAsync(
            async () => await QueryAsync<long>("SELECT count(*) FROM webhooks") > 0, () => "no webhook is made", Cancel);

        await Erasures.BeginAsync(_org, Cancel);
        Assert.True(await Erasures.ContinueAsync(_org, _long, Cancel));

        foreach (var maker in making)
        {
            await Assert.ThrowsAsync<ErasedOrganizationException>(() => maker);
        }

        Assert.All(await RowsAsync(_org), table => Assert.Equal(0, table.Value));
    }

    private WebhookStore Store => new(
        Database, new SecretProtector(new SwitchableKeyRing()), new KeyedRequests(Database), Probes, Unpulled, new WebhooksOptions());

    private static NewWebhook New() => new("https://example.com/hook", ["*"], Active: true, Description: null);

    /// <summary>Puts something into each table that holds something of organizations.</summary>
    private async Task FillAsync(Guid org)
    {
        var created = Assert.IsType<WebhookCreation.Created>(await Store.CreateAsync(org, New(), new RequestKey("k", [1]), Cancel));
        var webhook = created.Webhook.Id;
        await Publisher.PublishAsync([Message(org, key: "named")], Cancel);
        await Publisher.PublishAsync([Message(org, key: Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-1)).ToString())], Cancel);
        await new StatisticsFolding(Database).RunAsync(Cancel);
        await Publisher.PublishAsync([Message(org)], Cancel);
        await ExecuteAsync("UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL WHERE org_id = $1", org);
        await ExecuteAsync("UPDATE webhooks SET rotated_at = now() WHERE id = $1", webhook);
        var recoveries = new RecoveryStore(Database, new(Database, TimeProvider.System), new KeyedRequests(Database));
        await ExecuteAsync(
            "INSERT INTO api_keys (id, org_id, name, scopes, hash) VALUES (gen_random_uuid(), $1, 'k', '{webhooks:read}', $2)",
            org, new byte[32]);
        await ExecuteAsync(
            "INSERT INTO portal_sessions (id, org_id, webhook_id, read_only, hash, expires_at) "
            + "VALUES (gen_random_uuid(), $1, $3, true, $2, now() + interval '1 hour')",
            org, new byte[32], webhook);
        await ExecuteAsync("INSERT INTO webhook_alerts (org_id, rule_id, id) VALUES ($1, gen_random_uuid(), gen_random_uuid())", org);
        await ExecuteAsync("SELECT publish_webhook_event($1, 'user.created', '{}')", org);
        await ExecuteAsync(
            "INSERT INTO pull_leases (delivery_id, lease_token, org_id, webhook_id, lease_until) VALUES ($1, $1, $2, $1, now())",
            Guid.CreateVersion7(), org);
        await ExecuteAsync("INSERT INTO publish_limits (org_id, per_second, burst) VALUES ($1, 5, 5)", org);
        var now = DateTimeOffset.UtcNow;
        var begun = Assert.IsType<RecoveryCreation.Begun>(await recoveries.CreateAsync(
            org, webhook, new NewRecovery(new RecoveryScope(now.AddHours(-1), now, ["failed"], null, null), 1), key: null, Cancel));
        await ExecuteAsync(
            "INSERT INTO recovery_deliveries (recovery_id, delivery_id) VALUES ($1, $2)", begun.Recovery.Id, Guid.CreateVersion7());
    }

    private Task<int> AddDeliveriesAsync(Guid webhook, int count) => ExecuteAsync(
        """
        INSERT INTO webhook_deliveries (id, webhook_id, org_id, event, event_id, payload, status)
        SELECT webhook_delivery_id(webhook_least_id(now() - number * interval '10 seconds'), gen_random_uuid()), $1, $2, 'user.created',
               gen_random_uuid(), '{}', 'succeeded'
        FROM generate_series(1, $3) AS number
        """,
        webhook, _org, count);

    private Task<IReadOnlyDictionary<string, long>> RowsAsync(Guid org) => OrganizationRows.CountAsync(Database, org, Cancel);
}
