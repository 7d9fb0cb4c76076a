using Npgsql;

namespace Webhooks.Core.Tests.Inbox;

/// <summary>What an application's role can do that is a member of <c>webhooks_publisher</c>: publish, and nothing else.</summary>
public sealed class PublisherRoleTests : InboxTest
{
    private readonly string _role = $"app_{Guid.NewGuid():N}";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await ExecuteAsync($"CREATE ROLE {_role}");
    }

    public override async ValueTask DisposeAsync()
    {
        await ExecuteAsync($"DROP OWNED BY {_role}");
        await ExecuteAsync($"DROP ROLE {_role}");
        await base.DisposeAsync();
    }

    [Fact]
    public async Task A_role_without_the_grant_cannot_publish()
    {
        await using var connection = await ConnectAsync();
        var refused = await Assert.ThrowsAsync<PostgresException>(() => PublishInSqlAsync(Org, on: connection));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task A_publisher_publishes_and_reads_nothing()
    {
        await ExecuteAsync($"GRANT webhooks_publisher TO {_role}");
        var webhook = await AddWebhookAsync(Org);
        await using (var connection = await ConnectAsync())
        {
            await PublishInSqlAsync(Org, id: "mine", on: connection);
        }

        var definers = await QueryAllAsync<string>(
            """
            SELECT proname::text FROM pg_proc
            WHERE pronamespace = current_schema()::regnamespace AND prosecdef AND has_function_privilege('webhooks_publisher', oid, 'EXECUTE')
            """);
        var tables = await QueryAllAsync<string>(
            """
            SELECT oid::regclass::text FROM pg_class
            WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
              AND (has_table_privilege('webhooks_publisher', oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER'))
            """);

        Assert.Equal("publish_webhook_event", Assert.Single(definers));
        Assert.Empty(tables);
        await FanOutAsync();
        Assert.Equal(webhook, await QueryAsync<Guid>("SELECT webhook_id FROM webhook_deliveries"));
    }

    [Fact]
    public async Task A_publishers_own_temporary_tables_and_functions_are_not_taken_for_ours()
    {
        await ExecuteAsync($"GRANT webhooks_publisher TO {_role}");
        await ExecuteAsync($"CREATE SCHEMA AUTHORIZATION {_role}");
        await using var connection = await ConnectAsync();
        await using (var traps = new NpgsqlCommand(
            $"""
            CREATE TEMP TABLE event_types (name text);
            INSERT INTO pg_temp.event_types VALUES ('not.ours');
            CREATE TEMP TABLE event_inbox (org_id uuid);
            CREATE FUNCTION {_role}.webhook_new_id() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid';
            SET search_path = pg_temp, {_role}, public;
            """,
            connection))
        {
            await traps.ExecuteNonQueryAsync(Cancel);
        }

        var refused = await Assert.ThrowsAsync<PostgresException>(() => PublishInSqlAsync(Org, "not.ours", on: connection));
        Assert.Equal("WH004", refused.SqlState);
        await PublishInSqlAsync(Org, on: connection);

        Assert.Equal(1, await CountAsync("public.event_inbox"));
    }

    /// <summary>A session of the role, which ends with it.</summary>
    private async Task<NpgsqlConnection> ConnectAsync()
    {
        var settings = new NpgsqlConnectionStringBuilder(DatabaseConnectionString) { Options = $"-c role={_role}", Pooling = false };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(Cancel);
        return connection;
    }
}
