using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Audit;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Organizations;

/// <summary>
/// The organizations of the platform, for those who operate it. An organization has a row from its first webhook, or from when an operator
/// first changed something of it.
/// </summary>
public sealed class OrganizationStore(NpgsqlDataSource database)
{
    /// <summary>
    /// The most webhooks or deliveries of an organization that are counted, so that nobody waits for a count of millions.
    /// </summary>
    public const int MostCounted = 10_000;

    /// <summary>
    /// What an organization is read from: <c>page</c> is some of them. Counts begin with the organization's webhooks and look into an index
    /// for each; the bounds keep the planner from any other way.
    /// </summary>
    private const string Counted = """
        SELECT page.id, name, page.created_at, webhooks, active_webhooks, pending_deliveries, max_webhooks,
               frame_ancestors, refresh_url, erasing_since, erased_by, erased_at, erased_rows, per_second, burst
        FROM page LEFT JOIN publish_limits ON publish_limits.org_id = page.id
        CROSS JOIN LATERAL (
            SELECT count(*)::int AS webhooks, (count(*) FILTER (WHERE active))::int AS active_webhooks
            FROM (SELECT active FROM webhooks WHERE org_id = page.id AND deleted_at IS NULL LIMIT @most_counted) AS own
        ) AS own
        CROSS JOIN LATERAL (
            SELECT count(*)::int AS pending_deliveries
            FROM (
                SELECT FROM (SELECT id FROM webhooks WHERE org_id = page.id AND deleted_at IS NULL LIMIT @most_counted) AS own
                CROSS JOIN LATERAL (
                    SELECT FROM webhook_deliveries WHERE webhook_id = own.id AND status = 'pending' LIMIT @most_counted
                ) AS waiting
                LIMIT @most_counted
            ) AS waiting
        ) AS waiting
        ORDER BY page.id DESC
        """;

    /// <summary>A page of all organizations, by id, the greatest first; erased ones are among them.</summary>
    /// <param name="nameContains">Only those whose name contains this text, whatever its case; null for all.</param>
    /// <param name="after">The last id of the page before, or null for the first.</param>
    public async Task<Page<Organization>> ListAsync(string? nameContains, int limit, Guid? after, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            WITH page AS MATERIALIZED (
                SELECT * FROM organizations
                WHERE (@after IS NULL OR id < @after) AND (@name IS NULL OR position(lower(@name) IN lower(name)) > 0)
                ORDER BY id DESC
                LIMIT @limit
            )
            {Counted}
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(NullableParameter.Create("after", NpgsqlDbType.Uuid, after));
        command.Parameters.Add(NullableParameter.Create("name", NpgsqlDbType.Text, nameContains));
        command.Parameters.AddWithValue("limit", limit + 1L);
        command.Parameters.AddWithValue("most_counted", (long)MostCounted);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return Page<Organization>.Of(await reader.ReadRowsAsync(Read, cancellationToken), limit, organization => organization.Id);
    }

    /// <summary>One organization; null when there is none that is known.</summary>
    public async Task<Organization?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            WITH page AS MATERIALIZED (SELECT * FROM organizations WHERE id = @id)
            {Counted}
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("id", id);
        command.Parameters.AddWithValue("most_counted", (long)MostCounted);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    /// <summary>What operators call an organization; null when nobody has named it.</summary>
    public async Task<string?> FindNameAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT name FROM organizations WHERE id = @id");
        command.Parameters.AddWithValue("id", id);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    /// <summary>Changes what is given, of an organization that may not be known before.</summary>
    /// <exception cref="ErasedOrganizationException">It was erased.</exception>
    public async Task UpdateAsync(Guid id, OrganizationChanges changes, CancellationToken cancellationToken)
    {
        const string Sql = """
            INSERT INTO organizations AS known (id, name, max_webhooks, frame_ancestors, refresh_url)
            VALUES (@id, @name, @max_webhooks, coalesce(@frame_ancestors, '{}'), @refresh_url)
            ON CONFLICT (id) DO UPDATE SET
                name = CASE WHEN @sets_name THEN excluded.name ELSE known.name END,
                max_webhooks = CASE WHEN @sets_max_webhooks THEN excluded.max_webhooks ELSE known.max_webhooks END,
                frame_ancestors = coalesce(@frame_ancestors, known.frame_ancestors),
                refresh_url = CASE WHEN @sets_refresh_url THEN excluded.refresh_url ELSE known.refresh_url END
            WHERE known.erasing_since IS NULL
            RETURNING id
            """;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(Sql)
        {
            Parameters =
            {
                new("id", id),
                new("sets_name", changes.Name.HasValue),
                NullableParameter.Create("name", NpgsqlDbType.Text, changes.Name?.Value),
                new("sets_max_webhooks", changes.MaxWebhooks.HasValue),
                NullableParameter.Create("max_webhooks", NpgsqlDbType.Integer, changes.MaxWebhooks?.Value),
                NullableParameter.Create(
                    "frame_ancestors", NpgsqlDbType.Array | NpgsqlDbType.Text, changes.FrameAncestors?.ToArray()),
                new("sets_refresh_url", changes.RefreshUrl.HasValue),
                NullableParameter.Create("refresh_url", NpgsqlDbType.Text, changes.RefreshUrl?.Value),
            },
        });
        if (changes.PublishRate is { Value: var rate })
        {
            batch.BatchCommands.Add(PublishRateOf(id, rate));
        }

        await using var reader = await batch.ExecuteAuditedAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            throw new ErasedOrganizationException(id);
        }
    }

    /// <summary>The command that sets or takes away an organization's limit of events. What has been published stays counted.</summary>
    private static NpgsqlBatchCommand PublishRateOf(Guid id, PublishRate? rate)
    {
        const string Set = """
            INSERT INTO publish_limits (org_id, per_second, burst)
            SELECT id, @per_second, @burst FROM organizations WHERE id = @id AND erasing_since IS NULL
            ON CONFLICT (org_id) DO UPDATE SET per_second = excluded.per_second, burst = excluded.burst
            """;
        return rate is null
            ? new NpgsqlBatchCommand("DELETE FROM publish_limits WHERE org_id = @id") { Parameters = { new("id", id) } }
            : new NpgsqlBatchCommand(Set) { Parameters = { new("id", id), new("per_second", rate.PerSecond), new("burst", rate.Burst) } };
    }

    private static Organization Read(NpgsqlDataReader reader) => new(
        Id: reader.Value<Guid>("id"),
        Name: reader.Value<string?>("name"),
        CreatedAt: reader.Value<DateTimeOffset>("created_at"),
        Webhooks: reader.Value<int>("webhooks"),
        ActiveWebhooks: reader.Value<int>("active_webhooks"),
        PendingDeliveries: reader.Value<int>("pending_deliveries"),
        MaxWebhooks: reader.Value<int?>("max_webhooks"),
        PublishRate: reader.Value<double?>("per_second") is { } perSecond ? new PublishRate(perSecond, reader.Value<int>("burst")) : null,
        FrameAncestors: reader.Value<string[]>("frame_ancestors"),
        RefreshUrl: reader.Value<string?>("refresh_url"),
        Erasure: reader.Value<DateTimeOffset?>("erasing_since") is { } began
            ? new OrganizationErasure(
                began,
                reader.Value<string>("erased_by"),
                reader.Value<DateTimeOffset?>("erased_at"),
                JsonSerializer.Deserialize<SortedDictionary<string, long>>(reader.Value<string>("erased_rows"))!)
            : null);
}
