using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Webhooks.Core.Audit;
using Webhooks.Core.Postgres;
using Webhooks.Core.Tests.Health;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Audit;

public sealed class AuditEntryTests : DatabaseTest
{
    private static readonly TimeSpan _lease = TimeSpan.FromMinutes(1);

    private readonly Guid _org = Guid.NewGuid();

    [Fact]
    public async Task A_webhook_that_the_system_disables_has_an_entry_by_the_system_with_the_reason()
    {
        await AddWebhookAsync(_org);
        await PublishAsync(_org);
        var claim = Assert.Single(await Deliveries.ClaimDueAsync(1, _lease, Cancel));
        Actor.Current = new Actor(ActorKind.User, "ada", "203.0.113.7", "r-1");

        await Deliveries.RecordAsync([claim.Answered(410)], Cancel);

        var entry = (await EntriesAsync())[0];
        Assert.Equal(("webhook.disabled", "system", null), (entry.Action, entry.ActorKind, entry.ActorId));
        Assert.Contains("""{"after": "gone", "field": "disabled_reason", "before": null}""", entry.Changes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_that_change_no_webhook_write_no_entry()
    {
        await AddWebhookAsync(_org);
        await PublishAsync(_org);
        var claim = Assert.Single(await Deliveries.ClaimDueAsync(1, _lease, Cancel));

        await Deliveries.RecordAsync([claim.Answered(204)], Cancel);

        Assert.Equal("webhook.created", Assert.Single(await EntriesAsync()).Action);
    }

    [Theory]
    [InlineData("UPDATE audit_entries SET actor_id = 'nobody'")]
    [InlineData("DELETE FROM audit_entries")]
    [InlineData("TRUNCATE audit_entries")]
    [InlineData("SET webhooks.audit_deletion = 'retention'; DELETE FROM audit_entries")]
    [InlineData("SELECT webhook_forget_audit(interval '1 day', 10)")]
    public async Task Entries_are_neither_changed_nor_deleted(string statement)
    {
        await AddWebhookAsync(_org);
        await ExecuteAsync("INSERT INTO audit_entries (id, org_id, at, action, resource_kind, resource_id) "
            + "VALUES ($1, $2, now() - interval '29 days', 'webhook.updated', 'webhook', '1')",
            Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-29)), _org);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(statement));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        Assert.Equal(2, (await EntriesAsync()).Count);
    }

    [Fact]
    public async Task Entries_that_are_older_than_the_retention_are_forgotten_and_younger_ones_stay()
    {
        foreach (var days in (int[])[400, 366, 364, 1])
        {
            await ExecuteAsync(
                "INSERT INTO audit_entries (id, org_id, at, action, resource_kind, resource_id) VALUES ($1, $2, $3, $4, 'webhook', '1')",
                Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-days)), _org, DateTimeOffset.UtcNow.AddDays(-days), $"{days}");
        }

        await Maintenance.RunAsync(Cancel);

        Assert.Equal(["1", "364"], (await EntriesAsync()).Select(entry => entry.Action));
    }

    [Fact]
    public async Task A_role_that_does_not_own_the_table_writes_and_reads_entries_and_forgets_old_ones_but_may_do_nothing_else()
    {
        var application = $"application_{Guid.NewGuid():N}";
        await ExecuteAsync($"""
            CREATE ROLE {application} NOLOGIN;
            GRANT SELECT, INSERT ON audit_entries TO {application};
            GRANT EXECUTE ON FUNCTION webhook_forget_audit, webhook_erase_audit TO {application};
            """);
        try
        {
            await ExecuteAsync($"""
                SET ROLE {application};
                INSERT INTO audit_entries (id, org_id, at, action, resource_kind, resource_id)
                VALUES ('{Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-400))}', '{_org}', now() - interval '400 days', 'a.b', 'c', 'd');
                RESET ROLE;
                """);
            string[] statements = ["DELETE FROM audit_entries", "TRUNCATE audit_entries", "UPDATE audit_entries SET at = now()"];
            foreach (var statement in statements)
            {
                var refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync($"SET ROLE {application}; {statement}"));
                Assert.Contains("permission denied", refused.MessageText, StringComparison.Ordinal);
                Database.Clear();
            }

            await ExecuteAsync($"SET ROLE {application}; SELECT webhook_forget_audit(interval '365 days', 10); RESET ROLE");

            Assert.Empty(await EntriesAsync());
        }
        finally
        {
            await ExecuteAsync($"RESET ROLE; DROP OWNED BY {application}; DROP ROLE {application}");
        }
    }

    [Fact]
    public async Task The_end_of_an_overlap_that_was_told_with_its_rotation_is_not_told_again()
    {
        var webhook = await AddWebhookAsync(_org);
        await ExecuteAsync(
            "UPDATE webhooks SET previous_secret = 'old', previous_secret_expires_at = now() - interval '2 minutes' WHERE id = $1",
            webhook);

        await Maintenance.RunAsync(Cancel);

        Assert.Empty(await QueryAllAsync<string>("SELECT previous_secret FROM webhooks WHERE previous_secret IS NOT NULL"));
        Assert.Equal("webhook.created", Assert.Single(await EntriesAsync()).Action);
    }

    [Fact]
    public async Task What_cannot_be_stored_of_an_actor_is_replaced_and_what_is_too_long_is_cut()
    {
        Actor.Current = new Actor(ActorKind.User, "a\0\ud800" + new string('x', 1000), "203.0.113.7", null);
        await using var batch = Database.CreateBatch();
        batch.BatchCommands.Add(new($"""
            INSERT INTO audit_entries (org_id, action, resource_kind, resource_id) VALUES ('{_org}', 'a.b', 'c', 'd')
            """));
        await (await batch.ExecuteAuditedAsync(Cancel)).DisposeAsync();

        var entry = Assert.Single(await EntriesAsync());

        Assert.Equal(("user", "a\ufffd\ufffd" + new string('x', 252)), (entry.ActorKind, entry.ActorId));
        Assert.Null(entry.RequestId);
        Actor.Current = null;
        await AddWebhookAsync(_org);
        Assert.Equal(("system", null, null), await SystemAsync());

        async Task<(string, string?, string?)> SystemAsync()
        {
            var system = (await EntriesAsync())[0];
            return (system.ActorKind, system.ActorId, system.Address);
        }
    }

    [Fact]
    public async Task Each_column_of_a_webhook_is_told_or_has_been_left_out_on_purpose()
    {
        string[] told =
        [
            "mode", "url", "events", "active", "description", "retry_delays", "timeout_seconds", "keep_skipped", "filter",
            "transform", "payload_format", "header_names", "headers_set_at", "metadata", "disabled_reason",
        ];
        string[] toldInOtherWords = ["secret_promoted", "previous_secret_expires_at", "rotated_at", "deleted_at"];
        string[] leftOut =
        [
            // Who it is, when (the entry says so), secrets, and what requests are known by.
            "id", "org_id", "created_at", "updated_at", "disabled_at", "secret", "secret_hint", "previous_secret", "rotation_key",
            "rotation_request", "headers",
            // What the filter was compiled into.
            "filter_path",
            // Which script it is.
            "transform_id",
            // What is left to do after its mode was changed.
            "pulled_until",
        ];

        Assert.Equal(
            told.Concat(toldInOtherWords).Concat(leftOut).Order(StringComparer.Ordinal),
            (await QueryAllAsync<string>(
                "SELECT column_name::text FROM information_schema.columns WHERE table_name = 'webhooks'")).Order(StringComparer.Ordinal));
    }

    private PartitionMaintenance Maintenance =>
        new(Database, new WebhooksOptions(), TimeProvider.System, NullLogger<PartitionMaintenance>.Instance);

    private async Task<IReadOnlyList<AuditEntry>> EntriesAsync() =>
        (await new AuditLog(Database).ListAsync(_org, new AuditFilter(), 100, after: null, Cancel)).Items;
}
