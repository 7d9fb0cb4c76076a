using Npgsql;
using Webhooks.Core.Cancellation;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Health;
using Webhooks.Core.Idempotency;
using Webhooks.Core.Secrets;
using Webhooks.Core.Tests.Postgres;
using Webhooks.Core.Webhooks;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Webhooks;

public sealed class WebhookStoreTests : DatabaseTest
{
    private static readonly TimeSpan _lease = TimeSpan.FromMinutes(1);

    private readonly Guid _org = Guid.NewGuid();
    private readonly SecretProtector _secrets = new(new SwitchableKeyRing());

    [Fact]
    public async Task Whoever_deletes_a_webhook_erases_its_headers()
    {
        var webhook = await AddWebhookAsync(Guid.NewGuid());
        await ExecuteAsync("UPDATE webhooks SET headers = 'encrypted', header_names = '{X-Api-Key}' WHERE id = $1", webhook);

        // As a server that does not know of headers.
        await ExecuteAsync("UPDATE webhooks SET active = false, secret = NULL, deleted_at = now() WHERE id = $1", webhook);

        Assert.True(await QueryAsync<bool>("SELECT headers IS NULL AND header_names IS NULL FROM webhooks"));
    }

    [Fact]
    public async Task A_created_webhook_is_found_as_it_was_given()
    {
        var created = await CreateAsync(new NewWebhook("https://example.com/a?b=c", ["user.created", "*"], Active: false, "Zoë's"));

        var found = await Store().FindAsync(_org, created.Id, Cancel);

        Assert.NotNull(found);
        Assert.Equal(7, found.Id.Version);
        Assert.Equal(_org, found.OrgId);
        Assert.Equal("https://example.com/a?b=c", found.Url);
        Assert.Equal(["user.created", "*"], found.Events);
        Assert.False(found.Active);
        Assert.Equal("Zoë's", found.Description);
        Assert.Equal(created.CreatedAt, found.CreatedAt);
        Assert.Equal(found.CreatedAt, found.UpdatedAt);
        Assert.InRange(found.CreatedAt, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
    }

    [Fact]
    public async Task A_secret_is_stored_encrypted_and_is_the_one_that_was_shown()
    {
        var (webhook, secret) = Assert.IsType<WebhookCreation.Created>(await Store().CreateAsync(_org, New(), key: null, Cancel));

        var stored = await QueryAsync<string>("SELECT secret FROM webhooks");
        Assert.DoesNotContain(secret, stored, StringComparison.Ordinal);
        Assert.Equal(secret, await _secrets.UnprotectAsync(webhook.Id, stored, Cancel));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task No_description_is_null(string? description)
    {
        var created = await CreateAsync(New() with { Description = description });
        Assert.Null(created.Description);
    }

    [Fact]
    public async Task Another_organization_neither_sees_nor_changes_it()
    {
        var mine = await CreateAsync(New());
        var other = Guid.NewGuid();

        Assert.Null(await Store().FindAsync(other, mine.Id, Cancel));
        Assert.Empty((await Store().ListAsync(other, new WebhookFilter(), 10, null, Cancel)).Items);
        Assert.Null(await Store().UpdateAsync(other, mine.Id, new WebhookChanges(Active: false), states: null, Cancel));
        Assert.False(await Store().DeleteAsync(other, mine.Id, states: null, Cancel));
        Assert.Equivalent(mine, await Store().FindAsync(_org, mine.Id, Cancel));
    }

    [Fact]
    public async Task An_organization_gets_no_more_webhooks_than_it_may_have_even_at_once()
    {
        var store = Store(most: 3);
        var created = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(_ => Task.Run(() => store.CreateAsync(_org, New(), key: null, Cancel), Cancel)));

        Assert.Equal(3, created.Count(creation => creation is WebhookCreation.Created));
        Assert.Equal(3, await QueryAsync<long>("SELECT count(*) FROM webhooks"));
        Assert.IsType<WebhookCreation.Created>(await store.CreateAsync(Guid.NewGuid(), New(), key: null, Cancel));
    }

    [Fact]
    public async Task A_deleted_webhook_makes_room_for_another()
    {
        var store = Store(most: 1);
        var first = Assert.IsType<WebhookCreation.Created>(await store.CreateAsync(_org, New(), key: null, Cancel)).Webhook;
        Assert.IsType<WebhookCreation.TooMany>(await store.CreateAsync(_org, New(), key: null, Cancel));
        await store.DeleteAsync(_org, first.Id, states: null, Cancel);
        Assert.IsType<WebhookCreation.Created>(await store.CreateAsync(_org, New(), key: null, Cancel));
    }

    [Fact]
    public async Task An_update_changes_what_is_given_and_nothing_else()
    {
        var created = await CreateAsync(new NewWebhook("https://example.com/1", ["user.created"], Active: true, "one"));
        var store = Store();

        var unchanged = await store.UpdateAsync(_org, created.Id, new WebhookChanges(), states: null, Cancel);
        Assert.Equivalent(created with { UpdatedAt = unchanged!.UpdatedAt }, unchanged);
        var url = await store.UpdateAsync(_org, created.Id, new WebhookChanges(Url: "https://example.com/2"), states: null, Cancel);
        Assert.Equivalent(created with { Url = "https://example.com/2", UpdatedAt = url!.UpdatedAt }, url);
        var rest = await store.UpdateAsync(
            _org, created.Id, new WebhookChanges(Events: ["*"], Active: false, Description: "two"), states: null, Cancel);
        var expected = url with
        {
            Events = ["*"],
            Active = false,
            Description = "two",
            UpdatedAt = rest!.UpdatedAt,
            DisabledAt = rest.UpdatedAt,
            DisabledReason = DisabledReason.Manual,
        };
        Assert.Equivalent(expected, rest);
        Assert.True(rest.UpdatedAt > created.UpdatedAt);
        Assert.Equivalent(rest, await store.FindAsync(_org, created.Id, Cancel));
    }

    [Fact]
    public async Task A_schedule_is_set_kept_changed_and_given_back_to_the_system()
    {
        var store = Store();
        var created = await CreateAsync(New() with { RetryDelays = [1, 604800], TimeoutSeconds = 30 });
        Assert.Equal([1, 604800], created.RetryDelays);
        Assert.Equal(30, created.TimeoutSeconds);

        var kept = await store.UpdateAsync(_org, created.Id, new WebhookChanges(Description: "new"), states: null, Cancel);
        Assert.Equal([1, 604800], kept!.RetryDelays);
        Assert.Equal(30, kept.TimeoutSeconds);

        var changed = await store.UpdateAsync(_org, created.Id, new WebhookChanges(RetryDelays: new([])), states: null, Cancel);
        Assert.Equal([], changed!.RetryDelays);
        Assert.Equal(30, changed.TimeoutSeconds);

        var reset = await store.UpdateAsync(
            _org, created.Id, new WebhookChanges(RetryDelays: new(null), TimeoutSeconds: new(null)), states: null, Cancel);
        Assert.Null(reset!.RetryDelays);
        Assert.Null(reset.TimeoutSeconds);
        Assert.Equivalent(reset, await store.FindAsync(_org, created.Id, Cancel));
    }

    [Fact]
    public async Task A_change_of_the_schedule_leaves_the_time_of_a_pending_deliverys_next_attempt_and_comes_with_its_claim()
    {
        var webhook = await CreateAsync(New() with { RetryDelays = [60, 60] });
        await PublishAsync(_org);
        var due = await QueryAsync<DateTimeOffset>("SELECT next_attempt_at FROM webhook_deliveries");

        await Store().UpdateAsync(
            _org, webhook.Id, new WebhookChanges(RetryDelays: new([5]), TimeoutSeconds: new(2)), states: null, Cancel);

        Assert.Equal(due, await QueryAsync<DateTimeOffset>("SELECT next_attempt_at FROM webhook_deliveries"));
        var claim = Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        Assert.Equal([TimeSpan.FromSeconds(5)], claim.Schedule?.RetryDelays?.Delays);
        Assert.Equal(TimeSpan.FromSeconds(2), claim.Schedule?.Timeout);
    }

    [Theory]
    [InlineData("retry_delays = '{0}'")]
    [InlineData("retry_delays = '{1,604801}'")]
    [InlineData("retry_delays = '{1,NULL}'")]
    [InlineData("retry_delays = array_fill(1, ARRAY[21])")]
    [InlineData("timeout_seconds = 0")]
    [InlineData("timeout_seconds = 31")]
    public async Task The_database_refuses_a_schedule_that_nothing_could_follow(string change)
    {
        await CreateAsync(New());
        await ExecuteAsync("UPDATE webhooks SET retry_delays = array_fill(604800, ARRAY[20]), timeout_seconds = 30");
        await ExecuteAsync("UPDATE webhooks SET retry_delays = '{}', timeout_seconds = 1");

        var refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync($"UPDATE webhooks SET {change}"));

        Assert.Equal(PostgresErrorCodes.CheckViolation, refused.SqlState);
    }

    [Fact]
    public async Task A_server_that_does_not_know_of_schedules_makes_and_changes_webhooks_beside_one_that_does()
    {
        // The statements of the version before.
        var id = await AddWebhookAsync(_org);
        await ExecuteAsync("UPDATE webhooks SET retry_delays = '{5}', timeout_seconds = 2 WHERE id = $1", id);
        await ExecuteAsync(
            """
            UPDATE webhooks SET url = coalesce(NULL, url), events = coalesce(NULL, events), active = coalesce(NULL, active),
                description = nullif(coalesce('theirs', description), ''), updated_at = now()
            WHERE id = $1 AND org_id = $2 AND deleted_at IS NULL
            """,
            id,
            _org);

        var found = await Store().FindAsync(_org, id, Cancel);

        Assert.Equal("theirs", found!.Description);
        Assert.Equal([5], found.RetryDelays);
        Assert.Equal(2, found.TimeoutSeconds);
        Assert.Null((await Store().FindAsync(_org, await AddWebhookAsync(_org), Cancel))!.RetryDelays);
    }

    [Fact]
    public async Task An_empty_description_clears_it()
    {
        var created = await CreateAsync(New() with { Description = "something" });
        Assert.Null((await Store().UpdateAsync(_org, created.Id, new WebhookChanges(Description: ""), states: null, Cancel))!.Description);
    }

    [Fact]
    public async Task A_deleted_webhook_is_gone_and_its_secret_erased()
    {
        var created = await CreateAsync(New());

        Assert.True(await Store().DeleteAsync(_org, created.Id, states: null, Cancel));

        Assert.Null(await Store().FindAsync(_org, created.Id, Cancel));
        Assert.Empty((await Store().ListAsync(_org, new WebhookFilter(), 10, null, Cancel)).Items);
        Assert.Null(await Store().UpdateAsync(_org, created.Id, new WebhookChanges(Active: true), states: null, Cancel));
        Assert.False(await Store().DeleteAsync(_org, created.Id, states: null, Cancel));
        Assert.Null(await QueryAsync<string?>("SELECT secret FROM webhooks"));
        Assert.Equal(0, Assert.Single(await Publisher.PublishAsync([Message(_org)], Cancel)).Deliveries);
    }

    [Fact]
    public async Task Also_a_server_that_does_not_know_of_rotations_erases_both_secrets_when_it_deletes()
    {
        await CreateAsync(New());
        await ExecuteAsync("UPDATE webhooks SET previous_secret = 'before', previous_secret_expires_at = now() + interval '1 hour'");

        await ExecuteAsync("UPDATE webhooks SET active = false, secret = NULL, deleted_at = now(), updated_at = now()");

        Assert.True(await QueryAsync<bool>(
            "SELECT num_nonnulls(secret, previous_secret, previous_secret_expires_at, secret_hint) = 0 FROM webhooks"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deactivating_and_deleting_cancel_pending_deliveries_that_nobody_is_attempting(bool delete)
    {
        var webhook = await CreateAsync(New());
        var kept = await CreateAsync(New() with { Url = "https://example.com/kept" });
        await PublishManyAsync(_org, 3);
        var claims = await Deliveries.ClaimForWebhooksAsync(new Dictionary<Guid, int> { [webhook.Id] = 2 }, _lease, Cancel);
        await ExecuteAsync("UPDATE webhook_deliveries SET lease_until = now() - interval '1 second' WHERE id = $1", claims[0].Id);

        await EndAsync(webhook.Id, delete);

        Assert.Equal(
            [(claims[1].Id, "pending")],
            await StatusesAsync(webhook.Id, "pending"));
        Assert.Equal(2, (await StatusesAsync(webhook.Id, "canceled")).Count);
        Assert.Equal(3, (await StatusesAsync(kept.Id, "pending")).Count);
        Assert.Equal(0, await QueryAsync<long>(
            "SELECT count(*) FROM webhook_deliveries WHERE status = 'canceled' AND (lease_token IS NOT NULL OR lease_until IS NOT NULL)"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_backlog_of_many_statements_is_canceled_and_none_of_them_is_longer_than_recording_may_wait_for(bool delete)
    {
        const int Backlog = (2 * StoppedBacklog.MostPerStatement) + 100;
        var webhook = await CreateAsync(New());
        await PublishManyAsync(_org, Backlog);
        await ExecuteAsync("""
            CREATE TABLE statement_sizes (canceled int);
            CREATE FUNCTION note_size() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO statement_sizes SELECT count(*) FROM changed WHERE status = 'canceled';
                RETURN NULL;
            END $$;
            CREATE TRIGGER sizes AFTER UPDATE ON webhook_deliveries REFERENCING NEW TABLE AS changed
                FOR EACH STATEMENT EXECUTE FUNCTION note_size();
            """);

        await EndAsync(webhook.Id, delete);

        Assert.Equal(Backlog, (await StatusesAsync(webhook.Id, "canceled")).Count);
        Assert.Equal(
            [StoppedBacklog.MostPerStatement, StoppedBacklog.MostPerStatement, 100],
            await QueryAllAsync<int>("SELECT canceled FROM statement_sizes ORDER BY canceled DESC"));
    }

    [Fact]
    public async Task Deliveries_that_have_ended_are_not_canceled()
    {
        var webhook = await CreateAsync(New());
        await PublishAsync(_org);
        await ExecuteAsync("UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL");
        await EndAsync(webhook.Id, delete: true);
        Assert.Single(await StatusesAsync(webhook.Id, "failed"));
    }

    [Fact]
    public async Task Activating_cancels_nothing()
    {
        var webhook = await CreateAsync(New());
        await PublishAsync(_org);
        await Store().UpdateAsync(_org, webhook.Id, new WebhookChanges(Active: true, Url: "https://example.com/new"), states: null, Cancel);
        Assert.Single(await StatusesAsync(webhook.Id, "pending"));
    }

    [Fact]
    public async Task Deactivating_leaves_a_test_delivery_and_deleting_cancels_it()
    {
        var webhook = await CreateAsync(New());
        await PublishAsync(_org);
        await ExecuteAsync("UPDATE webhook_deliveries SET test = true");
        await EndAsync(webhook.Id, delete: false);
        Assert.Single(await StatusesAsync(webhook.Id, "pending"));
        await EndAsync(webhook.Id, delete: true);
        Assert.Single(await StatusesAsync(webhook.Id, "canceled"));
    }

    [Fact]
    public async Task A_claim_says_that_its_webhook_was_deactivated_or_deleted()
    {
        var webhook = await CreateAsync(New());
        await PublishAsync(_org);
        await Deliveries.ClaimDueAsync(10, _lease, Cancel);

        await EndAsync(webhook.Id, delete: false);
        var inactive = await ClaimAfterLeaseAsync();
        Assert.False(inactive.WebhookActive);
        Assert.NotNull(inactive.EncryptedSecret);

        await EndAsync(webhook.Id, delete: true);
        var deleted = await ClaimAfterLeaseAsync();
        Assert.False(deleted.WebhookActive);
        Assert.Null(deleted.EncryptedSecret);
    }

    [Fact]
    public async Task The_list_filters_by_state_event_and_part_of_the_url()
    {
        var first = await CreateAsync(new NewWebhook("https://one.example/a_b", ["user.created"], Active: true, null));
        var second = await CreateAsync(new NewWebhook("https://TWO.example/100%", ["user.deleted", "invoice.paid"], Active: false, null));
        var third = await CreateAsync(new NewWebhook("https://three.example/axb", ["*"], Active: true, null));

        Assert.Equal(NewestFirst(third, second, first), await ListAsync(new WebhookFilter()));
        Assert.Equal(NewestFirst(third, first), await ListAsync(new WebhookFilter(Active: true)));
        Assert.Equal(NewestFirst(second), await ListAsync(new WebhookFilter(Active: false)));
        Assert.Equal(NewestFirst(third, second), await ListAsync(new WebhookFilter(Event: "invoice.paid")));
        Assert.Equal(NewestFirst(third, first), await ListAsync(new WebhookFilter(Event: "user.created")));
        Assert.Equal(NewestFirst(second), await ListAsync(new WebhookFilter(UrlContains: "two.EXAMPLE")));
        Assert.Equal(NewestFirst(first), await ListAsync(new WebhookFilter(UrlContains: "a_b")));
        Assert.Equal(NewestFirst(second), await ListAsync(new WebhookFilter(UrlContains: "%")));
        Assert.Empty(await ListAsync(new WebhookFilter(Active: false, Event: "user.created")));
    }

    [Fact]
    public async Task Pages_of_the_list_together_are_the_whole_list()
    {
        var all = new List<Guid>();
        for (var count = 0; count < 7; count++)
        {
            all.Add((await CreateAsync(New())).Id);
        }

        var read = new List<Guid>();
        Guid? after = null;
        do
        {
            var page = await Store().ListAsync(_org, new WebhookFilter(), 3, after, Cancel);
            Assert.InRange(page.Items.Count, 1, 3);
            read.AddRange(page.Items.Select(webhook => webhook.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(all.OrderDescending(), read);
    }

    [Fact]
    public async Task A_full_last_page_has_no_next_one()
    {
        await CreateAsync(New());
        await CreateAsync(New());
        Assert.Null((await Store().ListAsync(_org, new WebhookFilter(), 2, null, Cancel)).Next);
    }

    private static NewWebhook New() => new("https://example.com/hook", ["*"], Active: true, Description: null);

    private WebhookStore Store(int most = 1000) =>
        new(
            Database,
            _secrets,
            new KeyedRequests(Database),
            Probes,
            Unpulled,
            new WebhooksOptions { Limits = new WebhooksLimits { WebhooksPerOrganization = most } });

    private async Task<Webhook> CreateAsync(NewWebhook webhook) =>
        Assert.IsType<WebhookCreation.Created>(await Store().CreateAsync(_org, webhook, key: null, Cancel)).Webhook;

    private async Task<IEnumerable<Guid>> ListAsync(WebhookFilter filter) =>
        (await Store().ListAsync(_org, filter, 10, null, Cancel)).Items.Select(webhook => webhook.Id);

    /// <summary>By id, since two that are made in one millisecond have no other order.</summary>
    private static IEnumerable<Guid> NewestFirst(params IEnumerable<Webhook> webhooks) =>
        webhooks.Select(webhook => webhook.Id).OrderDescending();

    private async Task EndAsync(Guid webhookId, bool delete)
    {
        if (delete)
        {
            Assert.True(await Store().DeleteAsync(_org, webhookId, states: null, Cancel));
        }
        else
        {
            Assert.NotNull(await Store().UpdateAsync(_org, webhookId, new WebhookChanges(Active: false), states: null, Cancel));
        }
    }

    private async Task<IReadOnlyList<(Guid, string)>> StatusesAsync(Guid webhookId, string status) =>
        [.. (await QueryAllAsync<Guid>("SELECT id FROM webhook_deliveries WHERE webhook_id = $1 AND status = $2", webhookId, status))
            .Select(id => (id, status))];

    private async Task<ClaimedDelivery> ClaimAfterLeaseAsync()
    {
        await ExecuteAsync("UPDATE webhook_deliveries SET lease_until = now() - interval '1 second'");
        return Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
    }
}
